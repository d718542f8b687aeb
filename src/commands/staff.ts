import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '../config.ts';
import { migrateAll } from '../databases.ts';
import { randomPassword, withDatabase } from '../shop.ts';
import { createStaff } from '../users/staff.ts';
import { besideBazar } from './beside.ts';
import type { Command } from './command.ts';

/**
 * Makes a staff account, or gives an existing one a new password. The password is ADMIN_PASSWORD or
 * ADMIN_PASSWORD_FILE, else a random one that is printed.
 */
export const run: Command = async (args, environment) => {
  const { username, email, settings } = readAccount(args);
  const config = readConfig(settings, environment);
  const password = config.adminPassword ?? randomPassword();
  await besideBazar({ config, name: 'staff', level: 'warn' }, async (parts, urls) => {
    if (config.bazarMode === 'demo') await migrateAll(parts, urls);
    const wanted = { username, password, ...(email && { email }) };
    await withDatabase(parts, { service: 'users', urls }, (database) =>
      createStaff({ database, now: () => new Date(), log: parts.log }, wanted),
    );
  });
  const shown = config.adminPassword ? 'the password you set' : `the password ${password}`;
  process.stdout.write(`${username} is staff and logs in with ${shown}\n`);
  return 0;
};

/** Takes the account's own flags off; the rest are settings. */
function readAccount(args: readonly string[]) {
  const own = args.filter((arg) => /^--(?:username|email)=/.test(arg));
  const settings = args.filter((arg) => !own.includes(arg));
  const options = { username: { type: 'string' }, email: { type: 'string' } } as const;
  const { username, email } = parseArgs({ args: own, options }).values;
  if (!username) throw new ConfigError('Say who: npm run bazar -- staff --username=NAME');
  return { username, email, settings };
}
