/** `#NAME:PASSWORD`, as a new Bazar prints it; a fragment is never sent to a server. */
export function logInOf(hash: string): { login: string; password: string } | undefined {
  const [, login, password] = /^#([^:]+):(.+)$/.exec(hash) ?? [];
  if (!login || !password) return undefined;
  try {
    return { login: decodeURIComponent(login), password: decodeURIComponent(password) };
  } catch {
    return undefined;
  }
}
