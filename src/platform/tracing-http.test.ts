import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Type } from 'typebox';
import { until } from '../postgres/wait.ts';
import { silent } from '../testing/database.ts';
import { client, expectProblem, expectStatus, type Ask } from '../testing/http.ts';
import { defineApi, strict } from './api.ts';
import { AppError } from './errors.ts';
import { createHealth, serveHealth } from './health.ts';
import { createMetrics } from './metrics.ts';
import { serve } from './serve.ts';
import { createServer } from './server.ts';
import type { Traced } from './trace.ts';
import { createTracer } from './tracing-on.ts';

const api = defineApi({
  getThing: {
    method: 'GET',
    path: '/things/:id',
    summary: 'A thing',
    params: strict({ id: Type.String() }),
    query: strict({ key: Type.Optional(Type.String()) }),
    reply: strict({ id: Type.String() }),
  },
});

const done: Traced[] = [];
const ask = await startServer();

async function startServer(): Promise<Ask> {
  const health = createHealth();
  const server = createServer({
    log: silent,
    metrics: createMetrics(),
    health,
    tracer: createTracer({ isSampled: () => true, record: (trace) => done.push(trace) }),
    limits: {
      ...{ bodyBytesMax: 1_024, requestsInFlightMax: 100, connectionsMax: 100 },
      ...{ deadlineMs: 5_000, trustedProxies: 0 },
    },
  });
  serveHealth(server, health);
  const getThing = async ({ id }: { id: string }) => {
    if (id === 'broken') throw new TypeError('a bug');
    if (id === 'gone') throw new AppError('notFound', 'no');
    return { id };
  };
  serve(server, api, { service: { getThing }, guard: () => ({ kind: 'anonymous' }) });
  after(() => server.close());
  return client([await server.listen({ port: 0, host: '127.0.0.1' })]);
}

/** The span of a request, which ends a moment after its answer. */
async function spanAt(path: string): Promise<Traced> {
  const find = () => done.find(({ span }) => span.attributes['url.path'] === path);
  const found = await until(find, 5_000);
  assert.ok(found, `no span for ${path}`);
  return found;
}

test('a request is a span that knows its route and status, and not its query', async () => {
  expectStatus(await ask('GET /things/one?key=secret'), 200);
  const { span } = await spanAt('/things/one');
  assert.deepEqual([span.name, span.kind, span.problem], ['getThing', 'server', undefined]);
  assert.deepEqual(span.attributes, {
    'http.request.method': 'GET',
    'http.route': '/things/:id',
    'url.path': '/things/one',
    'url.scheme': 'http',
    'http.response.status_code': 200,
  });
});

test('a fault of ours is one in the trace that its answer names, and a refusal is none', async () => {
  const problem = expectProblem(await ask('GET /things/broken'), 500);
  expectStatus(await ask('GET /things/gone'), 404);
  const [broken, gone] = [await spanAt('/things/broken'), await spanAt('/things/gone')];
  assert.deepEqual([broken.span.problem, broken.traceId], ['internal', problem.traceId]);
  assert.deepEqual(
    [gone.span.problem, gone.span.attributes['http.response.status_code']],
    [undefined, 404],
  );
});

test('what is asked all the time, or by nobody we know, is not recorded', async () => {
  expectStatus(await ask('GET /health/live'), 200);
  expectStatus(await ask('GET /nothing'), 404);
  expectStatus(await ask('GET /things/last'), 200);
  await spanAt('/things/last');
  assert.deepEqual(
    done.filter(({ span }) => span.name !== 'getThing'),
    [],
  );
});
