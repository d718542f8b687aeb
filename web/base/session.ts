import { computed, signal } from '@preact/signals';
import { AppError } from '../../src/platform/errors.ts';
import { createClient } from './client.ts';
import { insist } from './retry.ts';

type Session = Awaited<ReturnType<typeof api.openBrowserSession>>;
export type User = Session['user'];

/** Asked for anew so long before the token ends, because a request takes its time. */
const spareMs = 30_000;

/** The access token lives here only: in memory, and nowhere that another page could read. */
let held: { accessToken: string; untilMs: number } | undefined;
let resuming: Promise<string | undefined> | undefined;

const current = signal<User | undefined>(undefined);

/** Who is signed in. */
export const user = computed(() => current.value);
/** Whether it is known already who is signed in. */
export const isSettled = signal(false);
/** Set while it cannot be found out who is signed in, because Bazar does not answer. */
export const isOutOfReach = signal(false);
/** Set when a session has ended that nobody ended here. */
export const wasLost = signal(false);
export const isStaff = computed(() => current.value?.role === 'staff');
export const seesVehicles = computed(() => isStaff.value || current.value?.role === 'courier');

export const api = createClient({ token, another });

/** Pages of one browser share the cookie, and tell each other that it changed; never a token. */
const pages = new BroadcastChannel('bazar.session');

function tell(what: 'signedIn' | 'signedOut'): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
  pages.postMessage(what);
}

async function token(): Promise<string | undefined> {
  if (!held) return undefined;
  return performance.now() < held.untilMs - spareMs ? held.accessToken : resume();
}

async function another(refused: string): Promise<string | undefined> {
  // Somebody may have got one while this one was on its way.
  return held && held.accessToken !== refused ? held.accessToken : resume();
}

/** Goes on with the session of the cookie, if there is one; asked by many, it happens once. */
export function resume(): Promise<string | undefined> {
  const mine = resuming ?? resumeNow();
  resuming = mine;
  return mine;
}

async function resumeNow(): Promise<string | undefined> {
  try {
    // Whose answer was lost may ask again at once, with the cookie that it has.
    const { session } = await askToResume().catch(askToResume);
    return take(session);
  } catch (error) {
    isOutOfReach.value = !isSettled.peek();
    throw error;
  } finally {
    resuming = undefined;
  }
}

async function askToResume(error?: unknown) {
  if (error instanceof AppError && error.status < 500) throw error;
  return api.resumeBrowserSession({});
}

function take(session: Session | undefined): string | undefined {
  if (!session && current.peek()) wasLost.value = true;
  settle(session);
  return held?.accessToken;
}

function settle(session: Session | undefined): void {
  held = session && {
    accessToken: session.accessToken,
    untilMs: performance.now() + session.expiresInSeconds * 1_000,
  };
  current.value = session?.user;
  if (session) wasLost.value = false;
  isSettled.value = true;
  isOutOfReach.value = false;
}

export async function signIn(login: string, password: string, stay: boolean): Promise<void> {
  // Its answer would come after this one, and be about the session before.
  await resuming?.catch(() => undefined);
  settle(await api.openBrowserSession({ login, password, stay }));
  tell('signedIn');
}

export async function signOut(): Promise<void> {
  await resuming?.catch(() => undefined);
  await api.closeBrowserSession({});
  settle(undefined);
  tell('signedOut');
}

/** After a change of the own account. */
export function rename(changed: User): void {
  current.value = changed;
}

/** Finds out who is signed in, however long that takes, and follows what other pages do. */
export function startSession(): void {
  pages.addEventListener('message', ({ data }) => {
    if (data === 'signedOut') settle(undefined);
    // Who has signed in there is signed in here; nobody's session ended by itself.
    else void insist(resume);
  });
  // A machine that slept may have slept longer than its session lasts.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') token().catch(() => undefined);
  });
  void insist(resume);
}

/** For what is not asked through the client: streams, and files to download. */
export const currentToken = token;
export const anotherToken = another;
