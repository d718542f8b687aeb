import { invalid } from '../platform/errors.ts';

/**
 * What makes two names the same, whatever their case, width or composition. Lower case can undo
 * the normal form, hence twice; and only the sigma at the end of a word has a form of its own.
 */
export function foldCase(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ').normalize('NFKC');
}

/** A single letter can unfold into many, even into words with spaces, so the key is checked too. */
export function usernameKey(username: string): string {
  const key = foldCase(username);
  if (/^[^\s@]{1,80}$/u.test(key)) return key;
  throw invalid('body', '/username', 'has letters that stand for too much else');
}

/** The one `@` that is left tells an address from a username, so a log-in can take either. */
export function emailKey(email: string): string {
  const key = foldCase(email);
  if (key.length <= 254 && /^[^\s@]+@[^\s@]+$/u.test(key)) return key;
  throw invalid('body', '/email', 'has letters that stand for too much else');
}
