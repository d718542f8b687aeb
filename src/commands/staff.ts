import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '../config.ts';
import { joinDatabases, migrateAll } from '../databases.ts';
import { createLifecycle } from '../platform/lifecycle.ts';
import { createLog } from '../platform/log.ts';
import { withDatabase } from '../shop.ts';
import { createStaff } from '../users/staff.ts';
import type { Command } from './command.ts';

/**
 * Makes a staff account, or gives an existing one a new password. The password is ADMIN_PASSWORD or
 * ADMIN_PASSWORD_FILE, else a random one that is printed.
 */
export const run: Command = async (args, environment) => {
  const { username, email, settings } = readAccount(args);
  const config = readConfig(settings, environment);
  const log = createLog({ level: 'warn', name: 'staff' });
  const lifecycle = createLifecycle(log);
  const onGiveUp = (err: Error) => log.fatal({ err }, 'PostgreSQL keeps stopping');
  const password = config.adminPassword ?? randomBytes(12).toString('base64url');
  try {
    const urls = await joinDatabases({ config, log, lifecycle, onGiveUp });
    if (config.bazarMode === 'demo') await migrateAll({ config, log }, urls);
    await withDatabase({ log }, { service: 'users', urls }, (database) =>
      createStaff(
        { database, now: () => new Date(), log },
        { username, password, ...(email && { email }) },
      ),
    );
  } finally {
    await lifecycle.close();
  }
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
