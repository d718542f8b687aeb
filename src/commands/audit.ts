import { auditShop, linesOf } from '../audit.ts';
import { readConfig } from '../config.ts';
import { refuseOldSchemas } from '../databases.ts';
import { withDatabase } from '../shop.ts';
import { besideBazar } from './beside.ts';
import type { Command } from './command.ts';

/** Says of each rule of the books how often it is violated; the exit code is 1 if any is. */
export const run: Command = async (args, environment) => {
  const own = args.filter((arg) => /^--quiesced(?:=true)?$/.test(arg));
  const settings = args.filter((arg) => !own.includes(arg));
  // Whatever this machine runs, an audit reads these two, and needs the databases of no other.
  const config = {
    ...readConfig(settings, environment),
    targets: new Set(['catalog', 'orders'] as const),
  };
  let isClean = false;
  await besideBazar({ config, name: 'audit', level: 'warn' }, async (parts, urls) => {
    await refuseOldSchemas(parts, urls);
    await withDatabase(parts, { service: 'catalog', urls }, (catalog) =>
      withDatabase(parts, { service: 'orders', urls }, async (orders) => {
        const { holdSeconds } = config;
        const findings = await auditShop({
          catalog,
          orders,
          holdSeconds,
          quiesced: own.length > 0,
        });
        process.stdout.write(`${linesOf(findings).join('\n')}\n`);
        isClean = findings.every(({ violations }) => violations.length === 0);
      }),
    );
  });
  return isClean ? 0 : 1;
};
