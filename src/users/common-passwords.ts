import { readFile } from 'node:fs/promises';

/**
 * Says whether a password is among the first that anyone would try. The list holds those of eight
 * and more characters out of the first 3000 in the frequency list of zxcvbn (`passwords-common` of
 * @zxcvbn-ts/language-common 4.1.3, MIT, by Dan Wheeler, Dropbox and the zxcvbn-ts authors).
 */
export function commonPasswords(): (password: string) => Promise<boolean> {
  let list: Promise<ReadonlySet<string>> | undefined;
  return async (password) => (await (list ??= readList())).has(password.toLowerCase());
}

async function readList(): Promise<ReadonlySet<string>> {
  const text = await readFile(new URL('common-passwords.txt', import.meta.url), 'utf8');
  return new Set(text.trimEnd().split('\n'));
}
