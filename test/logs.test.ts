import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { until } from '../src/postgres/wait.ts';
import { freshDatabaseUrl } from '../src/testing/database.ts';
import { client, expectStatus, type Ask } from '../src/testing/http.ts';
import { makeHome, type Launched } from '../src/testing/process.ts';
import { keyed, logIn, makeApiKey, makeDeviceKey, register } from '../src/testing/shop.ts';

const waitMsMax = 60_000;
/** In everything that is secret and chosen here; what Bazar makes up is collected. */
const mark = 'hunter2';
const adminPassword = `${mark} of the staff`;
const nowhere = '127.0.0.1:1';

const said = ({ log }: Launched, msg: string) => log.find((line) => line.msg === msg);
const linesOf = ({ log }: Launched): string[] => log.map((line) => JSON.stringify(line));

const tokensIn = (texts: string[]): string[] =>
  texts.flatMap((text) => text.match(/eyJ[\w.-]+|bz[kr]_[\w.-]+/g) ?? []);

/** Signs in, in every way there is, and in wrong ones; gives the secrets that Bazar has handed out. */
async function beSeen(ask: Ask): Promise<string[]> {
  const session = await logIn(ask, 'admin', adminPassword);
  const token = session.accessToken;
  const { key } = await makeApiKey(ask, token, ['orders:read']);
  const device = await makeDeviceKey(ask, token, 'van-1');
  const wrong = { login: 'admin', password: `${mark} of somebody else` };
  expectStatus(await ask('POST /v1/sessions', { body: wrong }), 401);
  expectStatus(await ask('POST /v1/sessions', { raw: JSON.stringify(wrong).slice(0, -1) }), 400);
  expectStatus(await ask('POST /v1/sessions', { body: { ...wrong, token: mark } }), 400);
  expectStatus(await ask('GET /v1/orders', { token: `${key}x` }), 401);
  expectStatus(await ask('GET /v1/orders', { token: `${token}x` }), 401);
  expectStatus(await ask('GET /v1/orders', { token: key }), 200);
  expectStatus(await ask('GET /v1/orders', { headers: { authorization: `Basic ${mark}` } }), 401);
  expectStatus(await ask(`GET /v1/nothing?key=${mark}&token=${mark}`), 404);
  expectStatus(await ask(`GET /v1/%zz?password=${mark}`), 400);
  expectStatus(await ask(`GET /v1/osmand?id=van-1&lat=1&lon=1&key=${device.key}x`), 401);
  const { refreshToken } = session;
  const next = await ask('POST /v1/sessions/refresh', { body: { refreshToken } });
  const body = { login: 'admin', password: adminPassword };
  const page = expectStatus(await ask('POST /v1/browser-session', { body }), 201);
  const [cookie = ''] = String(page.headers['set-cookie']).split(';');
  await ask('POST /v1/browser-session/resume', { headers: { cookie } });
  const handedOut = tokensIn([next.text, page.text, cookie]);
  return [token, refreshToken, key, device.key, ...handedOut];
}

/** From here on whoever asks the database fails, with the body of the request at hand. */
async function breakDatabase(databaseUrl: string): Promise<void> {
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  await database.query('drop schema orders cascade; alter table users.accounts rename to gone');
  await database.end();
}

test('no secret is in the logs, at whatever level and whatever goes wrong', async () => {
  const databaseUrl = await freshDatabaseUrl();
  const { start } = await makeHome();
  const patience = { drainMs: 0, deadlineMs: 30_000 };
  const common = { ...patience, logLevel: 'trace', demoVan: false, poolMax: 4, adminPassword };
  const collector = { OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${mark}-collector` };
  const bazar = await start(
    { ...common, databaseUrl, redisUrl: `redis://:${mark}-redis@${nowhere}` },
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${nowhere}`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      ...collector,
    },
  );
  const ask = client([bazar.addresses.gateway ?? '']);

  const secrets = await beSeen(ask);
  const { username } = await register(ask);
  await breakDatabase(databaseUrl);
  await ask('POST /v1/sessions', { body: { login: username, password: mark } });
  const order = { lines: [{ productId: 'P-11111111', quantity: 1 }] };
  await ask('POST /v1/orders', { token: secrets[0], body: order, headers: keyed() });
  const isTold = () =>
    said(bazar, 'a request failed by a fault of ours') &&
    said(bazar, 'the collector takes no traces') &&
    said(bazar, 'Redis is away; trying again until it is back');
  assert.ok(await until(isTold, waitMsMax), linesOf(bazar).join('\n'));
  await bazar.stop();

  assert.equal(secrets.length, 8, 'two of each log-in, two keys, and a cookie with a token');
  for (const line of linesOf(bazar)) {
    for (const secret of [...secrets, mark]) assert.ok(!line.includes(secret), line);
  }
});
