import type { Service } from '../platform/api.ts';
import type { Call } from '../platform/call.ts';
import { writeCookie } from '../platform/cookies.ts';
import { AppError } from '../platform/errors.ts';
import { sessionUnusedDaysMax, type usersApi } from '../users/api.ts';
import { browserApi } from './browser-api.ts';

type Users = Service<typeof usersApi>;
type Session = Awaited<ReturnType<Users['logIn']>>;
type Parts = {
  users: Pick<Users, 'logIn' | 'refresh' | 'endSession'>;
  /** Whether browsers only ever meet us over TLS. */
  isSecure: boolean;
};

/** What the cookie carries: a refresh token, and whether it outlives the browser. */
type Kept = { refreshToken: string; stay: boolean };

const form = /^([ps])\.([\w.-]{1,200})$/;
const unusedSecondsMax = sessionUnusedDaysMax * 86_400;

/**
 * Sessions of pages. A script that gets into a page may take what the page can read, so the refresh
 * token, which is good for weeks, is in a cookie that no script reads.
 */
export function createBrowserSessions({ users, isSecure }: Parts): Service<typeof browserApi> {
  const { path } = browserApi.openBrowserSession;
  const cookie = { name: 'bazar_session', path, isSecure };
  const gone = writeCookie({ ...cookie, value: '', maxAgeSeconds: 0 });

  /** What the page gets of a session; the rest goes into the cookie. */
  function handOver(session: Session, stay: boolean, { answer }: Call) {
    const { refreshToken, accessToken, expiresInSeconds, user } = session;
    const value = `${stay ? 'p' : 's'}.${refreshToken}`;
    const maxAgeSeconds = stay ? unusedSecondsMax : undefined;
    answer.setCookie = writeCookie({ ...cookie, value, maxAgeSeconds });
    return { accessToken, expiresInSeconds, user };
  }

  /** The next session, or none where this one is over; while users is away nobody knows. */
  async function refresh({ refreshToken }: Kept, call: Call): Promise<Session | undefined> {
    try {
      return await users.refresh({ refreshToken }, call);
    } catch (error) {
      if (error instanceof AppError && error.code === 'unauthorized') return undefined;
      throw error;
    }
  }

  return {
    async openBrowserSession({ login, password, stay = false, secFetchSite }, call) {
      refuseOtherSites(secFetchSite);
      return handOver(await users.logIn({ login, password }, call), stay, call);
    },

    async resumeBrowserSession({ bazarSession, secFetchSite }, call) {
      refuseOtherSites(secFetchSite);
      if (bazarSession === undefined) return {};
      const kept = readKept(bazarSession);
      const session = kept && (await refresh(kept, call));
      if (session) return { session: handOver(session, kept.stay, call) };
      call.answer.setCookie = gone;
      return {};
    },

    async closeBrowserSession({ bazarSession = '', secFetchSite }, call) {
      refuseOtherSites(secFetchSite);
      // Whatever comes of the rest: whoever leaves a browser to others is not to stay in it.
      call.answer.setCookie = gone;
      const kept = readKept(bazarSession);
      // Nobody need be logged in any more, so the gateway asks in its own name.
      const own: Call = { ...call, caller: { kind: 'service', name: 'gateway' }, answer: {} };
      if (kept) await users.endSession({ refreshToken: kept.refreshToken }, own);
      return null;
    },
  };
}

function readKept(value: string): Kept | undefined {
  const [, mark, refreshToken] = form.exec(value) ?? [];
  return refreshToken === undefined ? undefined : { refreshToken, stay: mark === 'p' };
}

/**
 * `SameSite` keeps the cookie from other sites, but to browsers every port of a host is the same
 * site: a page of localhost:3000 would come to localhost:8080 with it. Where a request comes from
 * browsers say in `Sec-Fetch-Site`, and no script can make them say anything else. `none` is the
 * person at the browser.
 */
function refuseOtherSites(site = 'none'): void {
  if (site === 'same-origin' || site === 'none') return;
  throw new AppError('forbidden', 'Only pages of this server may do this');
}
