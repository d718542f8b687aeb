import { readFileSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { Ajv } from 'ajv';
import type { Static } from 'typebox';
import { kebab, screaming } from './platform/names.ts';
import { serviceNames, settings, settingSchemas, type TargetName } from './settings.ts';

export type Config = Readonly<Omit<Static<typeof settings>, 'target'>> & {
  targets: ReadonlySet<TargetName>;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that is wrong, in words for the person who set it. */
export class ConfigError extends Error {}

/**
 * Reads flags, then environment, then files, then defaults. Strict: a flag that does not exist, a
 * `BAZAR_…` or `…_DATABASE_URL` that means nothing, or a value out of range stops the start.
 */
export function readConfig(args: readonly string[], environment: Environment): Config {
  const flags = readFlags(args);
  refuseUnknownVariables(environment);
  const values: Record<string, unknown> = {};
  for (const [name, { default: fallback }] of settingSchemas) {
    const value = flags[kebab(name)] ?? fromEnvironment(name, environment) ?? fallback;
    if (value !== undefined) values[name] = value;
  }
  check(values);
  const { target, ...rest } = values as Static<typeof settings>;
  const config = { ...rest, targets: new Set(target.split(',') as TargetName[]) };
  refuseContradictions(config);
  return config;
}

function readFlags(args: readonly string[]): Record<string, unknown> {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name] of settingSchemas) options[kebab(name)] = { type: 'string' };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    throw new ConfigError(`${(error as Error).message} Run \`npm run bazar -- help\`.`);
  }
}

function fromEnvironment(name: string, environment: Environment): string | undefined {
  const variable = screaming(name);
  const path = environment[`${variable}_FILE`];
  const value = environment[variable];
  if (path && value) throw new ConfigError(`Set either ${variable} or ${variable}_FILE, not both.`);
  if (!path) return value || undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new ConfigError(`${variable}_FILE cannot be read: ${(error as Error).message}`);
  }
}

function refuseUnknownVariables(environment: Environment): void {
  const known = new Set(settingSchemas.map(([name]) => screaming(name)));
  const unknown = Object.keys(environment).find(
    (variable) =>
      /^BAZAR_|^[A-Z]+_DATABASE_URL$/.test(variable) && !known.has(variable.replace(/_FILE$/, '')),
  );
  // The tests have a database of their own, which is no business of a server.
  if (unknown && unknown !== 'TEST_DATABASE_URL') {
    throw new ConfigError(`There is no setting ${unknown}. Run \`npm run bazar -- help\`.`);
  }
}

function check(values: Record<string, unknown>): void {
  const ajv = new Ajv({
    coerceTypes: true,
    strict: true,
    strictTypes: false,
    // That the schema itself is right is for a test: here every start would pay for it.
    validateSchema: false,
    keywords: ['secret'],
  });
  if (ajv.validate(settings, values)) return;
  const { instancePath = '', message, params } = ajv.errors?.[0] ?? {};
  const allowed = params?.['allowedValues'] as string[] | undefined;
  const name = instancePath.slice(1);
  const detail = allowed ? `must be one of ${allowed.join(', ')}` : message;
  const description = settingSchemas.find(([known]) => known === name)?.[1].description;
  throw new ConfigError(`${screaming(name)} ${detail}. It is: ${description}`);
}

function refuseContradictions(config: Config): void {
  const { targets } = config;
  if (targets.has('all') && targets.size > 1) {
    throw new ConfigError('TARGET is either all or a list of services.');
  }
  // Each process gets the whole list of addresses, so that one list serves them all.
  const missing = serviceNames.find((name) => !isHere(config, name) && !config[`${name}Url`]);
  if (missing) {
    throw new ConfigError(`${screaming(missing)}_URL must say where ${missing} answers.`);
  }
}

export function isHere(config: Config, name: TargetName): boolean {
  return config.targets.has('all') || config.targets.has(name);
}

/** What is in force, as lines `NAME=value`, with secrets masked. */
export function describeConfig(config: Config): string[] {
  const values: Record<string, unknown> = { ...config, target: [...config.targets].join(',') };
  return settingSchemas
    .filter(([name]) => values[name] !== undefined)
    .map(
      ([name, { secret }]) => `${screaming(name)}=${secret ? '********' : String(values[name])}`,
    );
}
