import { pino } from 'pino';
import type { Service } from '../platform/api.ts';
import type { Call } from '../platform/call.ts';
import { createCursors } from '../platform/cursor.ts';
import { AppError } from '../platform/errors.ts';
import { generateKeys, readKeys } from '../platform/keys.ts';
import type { Database } from '../platform/database.ts';
import { createMetrics } from '../platform/metrics.ts';
import { createVerifier } from '../platform/tokens.ts';
import { callBy, callByUser } from '../testing/call.ts';
import type { usersApi } from './api.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import { createStaff } from './staff.ts';
import { createUsers } from './users.ts';

export const anyone = (): Call => callBy();
export const byService = (): Call => callBy({ kind: 'service', name: 'gateway' });

export const goodPassword = 'a pass phrase for tests';

/** Hashes that take no time; the real cost has a test of its own. */
export const quickPasswords = () =>
  createPasswords({ cost: { memoryKib: 64, passes: 1, lanes: 1 } });

const empty = {
  name: 'users.empty',
  text: `truncate users.accounts, users.sessions, users.api_keys, users.login_attempts
         restart identity`,
};

/** The users service on an empty database, with a clock that the test moves. */
export async function usersFixture(database: Database, passwords = quickPasswords()) {
  await database.rows(empty);
  let timeMs = Date.parse('2026-03-01T12:00:00Z');
  const now = () => new Date(timeMs);
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const tokenKeys = await readKeys(await generateKeys('test'));
  const metrics = createMetrics();
  const parts = { database, tokenKeys, cursors: createCursors('secret'), now, log, metrics };
  const users = createUsers({ ...parts, passwords });

  return {
    ...helpersOn(users),
    /** The same accounts, served by a newer program. */
    reopen: (newer: Passwords) => helpersOn(createUsers({ ...parts, passwords: newer })),
    users,
    database,
    lines,
    metrics,
    passwords,
    now,
    pass: (seconds: number) => {
      timeMs += seconds * 1_000;
    },
    events: () => lines.map((line) => (JSON.parse(line) as { event: string }).event),
    /** What another service makes of an access token. */
    verify: createVerifier({ type: 'at+jwt', audience: 'bazar' }, async (kid) =>
      tokenKeys.verifying.get(kid),
    ),
    staff: async (username = 'boss') => {
      const user = await createStaff(
        { database, now, log, passwords },
        { username, password: goodPassword },
      );
      return { user, call: () => callByUser(user.id, 'staff') };
    },
  };
}

function helpersOn(users: Service<typeof usersApi>) {
  return {
    register: async (username: string) => {
      const email = `${username}@shop.example`;
      const user = await users.register({ username, email, password: goodPassword }, anyone());
      return { user, call: () => callByUser(user.id) };
    },
    logIn: async (login: string, password = goodPassword) => {
      const session = await users.logIn({ login, password }, anyone());
      const [, claims = ''] = session.accessToken.split('.');
      const { sid } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sid: string };
      const { id, role } = session.user;
      const call = () => callBy({ kind: 'user', id, role, sessionId: sid, token: 'none' });
      return { ...session, sessionId: sid, call };
    },
    isLive: async (id: string) => {
      const { live } = await users.checkSessions({ ids: [id] }, byService());
      return live.length === 1;
    },
  };
}

/** The caller that the gateway makes of an API key. */
export function callByKey(id: string, scopes: readonly string[], role = 'customer'): Call {
  return callBy({ kind: 'user', id, role, sessionId: id, scopes, token: 'none' });
}

/** For `assert.rejects`: which refusal is meant, and where it points. */
export function refusal(code: string, pointer?: string) {
  return (error: unknown): boolean => {
    const { code: actual, errors } = error as { code?: string; errors?: { pointer: string }[] };
    if (actual !== code) throw error;
    return pointer === undefined || errors?.[0]?.pointer === pointer;
  };
}

/** What a call was refused with. */
export async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome instanceof AppError) return outcome;
  throw new Error('this should have been refused', { cause: outcome });
}
