import { join } from 'node:path';
import { ConfigError, type Config } from './config.ts';
import { generateKeys, keptSecret, randomSecret, readKeys, type KeySet } from './platform/keys.ts';
import { screaming } from './platform/names.ts';

export type Secrets = {
  tokenKeys: () => Promise<KeySet>;
  serviceKeys: () => Promise<KeySet>;
  cursorKey: () => Promise<string>;
};

type Name = keyof Secrets;

/** How each secret is made, where nobody brought one. */
export const makers: Record<Name, () => Promise<string>> = {
  tokenKeys: () => generateKeys(`tokens-${crypto.randomUUID().slice(0, 8)}`),
  serviceKeys: () => generateKeys('services'),
  cursorKey: randomSecret,
};

/**
 * The secrets of this process. In demo mode those that are not set live in the data directory, so
 * that several processes of one machine share them; production makes none by itself.
 */
export function openSecrets(config: Config): Secrets {
  async function text(name: Name): Promise<string> {
    const given = config[name];
    if (given !== undefined) return given;
    if (config.bazarMode === 'production') throw missing(name);
    return keptSecret(join(config.data, 'keys', `${name}.secret`), makers[name]);
  }
  async function keys(name: Name): Promise<KeySet> {
    const jwks = await text(name);
    return readKeys(jwks).catch((error: unknown) => {
      throw new ConfigError(`${screaming(name)} is not a JWKS: ${(error as Error).message}.`);
    });
  }
  return {
    tokenKeys: () => keys('tokenKeys'),
    serviceKeys: () => keys('serviceKeys'),
    cursorKey: () => text('cursorKey'),
  };
}

function missing(name: Name): ConfigError {
  const variable = screaming(name);
  return new ConfigError(
    `${variable} or ${variable}_FILE must be set in production; \`npm run bazar -- keys\` makes one.`,
  );
}
