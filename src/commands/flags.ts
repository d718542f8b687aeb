import { parseArgs } from 'node:util';
import { ConfigError } from '../config.ts';

type Flags = Record<string, { type: 'string' | 'boolean' }>;
type Values = { values: Record<string, string | undefined>; isSet: (name: string) => boolean };

/** Reads the flags of a command and what is named without a flag; the rest is a mistake. */
export function readFlags(args: readonly string[], options: Flags): Values & { file?: string } {
  const plain = args.map((arg) => arg.replace(/^(--[a-z-]+)=true$/, '$1'));
  try {
    const { values, positionals } = parseArgs({ args: plain, options, allowPositionals: true });
    const [file, ...others] = positionals;
    if (others.length > 0) throw new Error(`Nothing is known about ${others.join(' ')}.`);
    const texts = Object.entries(values).filter(([, value]) => typeof value === 'string');
    return {
      values: Object.fromEntries(texts) as Values['values'],
      isSet: (name) => values[name] === true,
      ...(file !== undefined && { file }),
    };
  } catch (error) {
    throw new ConfigError(`${(error as Error).message} Run \`npm run bazar -- help\`.`);
  }
}

type Range = { min: number; max: number; isWhole?: boolean };

export function numberOf(name: string, text: string, { min, max, isWhole = false }: Range): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (number >= min && number <= max && (!isWhole || Number.isInteger(number))) return number;
  throw new ConfigError(
    `--${name} is a number from ${min} to ${max}, not ${JSON.stringify(text)}.`,
  );
}

export const portOf = (text = '12345', min = 0): number =>
  numberOf('port', text, { min, max: 65_535, isWhole: true });

export function urlOf(text = 'http://127.0.0.1:8080'): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new ConfigError(`--url is like http://127.0.0.1:8080, not ${JSON.stringify(text)}.`);
}
