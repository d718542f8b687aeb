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

/** Demo secrets say so, or one day they would be copied into production. */
const demoMark = 'demo';

/** How each secret is made, where nobody brought one; the mark becomes part of it. */
export const makers: Record<Name, (mark: string) => Promise<string>> = {
  tokenKeys: (mark) => generateKeys(`${mark}-tokens-${crypto.randomUUID().slice(0, 8)}`),
  serviceKeys: (mark) => generateKeys(`${mark}-services-${crypto.randomUUID().slice(0, 8)}`),
  cursorKey: async (mark) => `${mark}-${randomSecret()}`,
};

/**
 * The secrets of this process. In demo mode those that are not set live in the data directory, so
 * that several processes of one machine share them; production makes none by itself.
 */
export function openSecrets(config: Config): Secrets {
  const isProduction = config.bazarMode === 'production';

  async function text(name: Name): Promise<string> {
    const given = config[name];
    if (given === undefined && isProduction) throw refused(name, 'must be set in production');
    if (given !== undefined) return given;
    const path = join(config.data, 'keys', `${name}.secret`);
    return keptSecret(path, () => makers[name](demoMark));
  }
  async function keys(name: Name): Promise<KeySet> {
    const set = await readKeys(await text(name)).catch((error: unknown) => {
      throw refused(name, `is not a JWKS of Ed25519 keys: ${(error as Error).message}`);
    });
    if (!set.signing) throw refused(name, 'holds no private key');
    if (isProduction && set.signing.kid.startsWith(demoMark)) throw refused(name, 'is a demo key');
    return set;
  }
  async function cursorKey(): Promise<string> {
    const key = await text('cursorKey');
    if (isProduction && key.startsWith(demoMark)) throw refused('cursorKey', 'is a demo key');
    return key;
  }
  return {
    tokenKeys: () => keys('tokenKeys'),
    serviceKeys: () => keys('serviceKeys'),
    cursorKey,
  };
}

function refused(name: Name, why: string): ConfigError {
  const variable = screaming(name);
  return new ConfigError(
    `${variable} (or ${variable}_FILE) ${why}; \`npm run bazar -- keys\` makes good ones.`,
  );
}
