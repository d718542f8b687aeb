import type { Addresses } from './servers.ts';

/** An account that was just made, and the only moment its password can be read. */
export type NewAdmin = { username: string; password: string } | undefined;

/** What to open first, for the person who typed `npm start`. */
export function welcome(addresses: Addresses, admin: NewAdmin): string {
  const shop = addresses.gateway?.replace('127.0.0.1', 'localhost');
  const lines = [
    '',
    ...(shop ? [`  Bazar is open      ${shop}`, `  API, to try out    ${shop}/docs`] : []),
    `  Metrics, health    ${addresses.metrics}/metrics   ${addresses.metrics}/health`,
    ...signIn(shop, admin),
    '',
    '  Demo mode: for this machine only. Ctrl-C stops it; the data stays.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function signIn(shop: string | undefined, admin: NewAdmin): string[] {
  if (!admin) {
    if (!shop) return [];
    return [
      '  Staff              `admin` exists; new password: npm run bazar -- staff --username=admin',
    ];
  }
  const { username, password } = admin;
  if (!shop) return [`  Staff account      ${username}, password ${password} (shown this once)`];
  return [
    `  Sign in as staff   ${shop}/sign-in#${encodeURIComponent(username)}:${encodeURIComponent(password)}`,
    '                     (shown this once; ADMIN_PASSWORD sets your own)',
  ];
}
