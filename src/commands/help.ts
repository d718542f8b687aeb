import { kebab } from '../platform/names.ts';
import { settingSchemas } from '../settings.ts';
import { summaries, type Command } from './command.ts';

export const run: Command = async () => {
  const commands = Object.entries(summaries).map(
    ([name, summary]) => `  ${name.padEnd(10)}${summary}`,
  );
  const flags = settingSchemas.map(([name, { description = '', default: fallback }]) => {
    const ends = fallback === undefined ? '' : ` (${String(fallback)})`;
    return `  --${kebab(name)}=…\n      ${description}${ends}`;
  });
  const lines = [
    'npm run bazar -- COMMAND [--setting=value …]',
    '',
    'Commands:',
    ...commands,
    '',
    'Settings, as flags; in the environment --database-url is DATABASE_URL, and a secret may be a',
    'file: DATABASE_URL_FILE.',
    ...flags,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
};
