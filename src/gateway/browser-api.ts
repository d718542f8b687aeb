import { Type } from 'typebox';
import { defineApi, strict } from '../platform/api.ts';
import { usersApi } from '../users/api.ts';

const { accessToken, expiresInSeconds, user } = usersApi.logIn.reply.properties;
const BrowserSession = strict({ accessToken, expiresInSeconds, user });

/** As long as all headers together may be: a cookie that is not ours is forgotten, not refused. */
const headerLengthMax = 16_384;

const cookies = strict({
  bazarSession: Type.Optional(
    Type.String({
      maxLength: headerLengthMax,
      description: 'Set by `POST /v1/browser-session`, and by each resumption.',
    }),
  ),
});
const headers = strict({
  secFetchSite: Type.Optional(
    Type.String({
      maxLength: headerLengthMax,
      description: 'The browser says it by itself; what comes from other sites is refused.',
    }),
  ),
});
const path = '/v1/browser-session';

/** Sessions of pages, which keep the access token in memory and the refresh token nowhere. */
export const browserApi = defineApi({
  openBrowserSession: {
    method: 'POST',
    path,
    slow: true,
    summary: 'Log in from a page, with the refresh token in a cookie',
    headers,
    body: strict({
      ...usersApi.logIn.body.properties,
      stay: Type.Optional(
        Type.Boolean({ description: 'Stay logged in when the browser is closed.' }),
      ),
    }),
    reply: BrowserSession,
    status: 201,
    refuses: ['unauthorized', 'forbidden', 'rateLimited'],
  },
  resumeBrowserSession: {
    method: 'POST',
    path: `${path}/resume`,
    summary: 'Go on with the session of the cookie, if there is one',
    description:
      'Nobody being logged in is no refusal: then there is no `session` in the answer. Pages that ' +
      'ask at the same moment all stay logged in.',
    headers,
    cookies,
    reply: strict({ session: Type.Optional(BrowserSession) }),
    refuses: ['forbidden', 'unavailable'],
  },
  closeBrowserSession: {
    method: 'DELETE',
    path,
    summary: 'End the session of the cookie, and forget the cookie',
    headers,
    cookies,
    reply: Type.Null(),
    status: 204,
    refuses: ['forbidden', 'unavailable'],
  },
});
