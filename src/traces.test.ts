import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { registerHooks } from 'node:module';
import { after, describe, test } from 'node:test';
import { pino } from 'pino';
import { describeConfig, readConfig } from './config.ts';
import { createLifecycle } from './platform/lifecycle.ts';
import { createMetrics } from './platform/metrics.ts';
import { endSpan, isTraced, type Tracer } from './platform/tracing.ts';
import { until } from './postgres/wait.ts';
import { startSink } from './testing/otlp.ts';
import { freePort } from './testing/free-port.ts';
import { openTracer } from './traces.ts';

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});

type Environment = Record<string, string>;

/** A process as far as its traces go, and what it logs. */
async function startTracer(environment: Environment) {
  const lines: { msg: string; reason?: string }[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const lifecycle = createLifecycle(log);
  const metrics = createMetrics();
  const config = readConfig([], environment);
  const tracer = await openTracer({ config, log, metrics, lifecycle });
  const dropped = async () => {
    const text = await metrics.registry.getSingleMetricAsString('bazar_spans_dropped_total');
    return Number(/^bazar_spans_dropped_total (\d+)$/m.exec(text)?.[1]);
  };
  return { tracer, lines, dropped, close: () => lifecycle.close() };
}

function recordSpans(tracer: Tracer, count: number): void {
  for (let i = 0; i < count; i += 1) {
    const trace = tracer.enter(undefined);
    if (isTraced(trace)) trace.span.name = `span ${i}`;
    endSpan(trace);
  }
}

const quick = { OTEL_EXPORTER_OTLP_TIMEOUT: '300', OTEL_BSP_SCHEDULE_DELAY: '5' };

test('where no traces are wanted, nothing of OpenTelemetry is even loaded', async () => {
  const to = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
  const silences = [
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { ...to, OTEL_SDK_DISABLED: 'true' },
    { ...to, OTEL_TRACES_EXPORTER: 'none' },
  ];
  await import('./app.ts');
  for (const environment of silences) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, so that it is known which
    const { tracer } = await startTracer(environment);
    assert.ok(!tracer.isOn, JSON.stringify(environment));
  }
  const isOfSdk = (url: string) => url.includes('@opentelemetry');
  assert.deepEqual(loaded.filter(isOfSdk), []);

  const { tracer, close } = await startTracer(to);
  assert.ok(tracer.isOn && loaded.some(isOfSdk));
  await close();
});

describe('what is said of traces', () => {
  test('a headers setting is a secret, and a wrong one is refused without being repeated', async () => {
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_EXPORTER_OTLP_HEADERS: 'whatever-it-is',
    };
    const shown = describeConfig(readConfig([], environment)).join('\n');
    assert.match(shown, /^OTEL_EXPORTER_OTLP_HEADERS=\*+$/m);
    await assert.rejects(startTracer(environment), (error: Error) => {
      assert.match(error.message, /^OTEL_EXPORTER_OTLP_HEADERS must be name=value/);
      return !error.message.includes('whatever');
    });
  });

  test('another protocol, sampler or an address with a password is refused in words', () => {
    const wrong: [string, string, RegExp][] = [
      ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', /must be one of http\/json\. .*only `http\/json`/],
      ['OTEL_TRACES_SAMPLER', 'sometimes', /must be one of always_on, /],
      ['OTEL_TRACES_SAMPLER_ARG', '2', /must be <= 1/],
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://me:secret@host', /must match pattern/],
    ];
    for (const [name, value, words] of wrong) {
      assert.throws(() => readConfig([], { [name]: value }), words);
    }
  });
});

describe('with a collector', () => {
  test('spans arrive at stop at the latest, with all that is said of the process', async () => {
    const sink = await startSink();
    const { tracer, close } = await startTracer({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${sink.url}/collect/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-team=a%20team,x-key=1',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.name=none',
      OTEL_SERVICE_NAME: 'shop',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
    });
    const beforeMs = Date.now();
    recordSpans(tracer, 3);
    assert.ok(await close());

    assert.deepEqual(
      sink.spans.map(({ name }) => name),
      ['span 0', 'span 1', 'span 2'],
    );
    assert.equal(sink.paths[0], '/collect/v1/traces');
    const { 'x-team': team, 'x-key': key, 'content-type': type } = sink.heads[0] ?? {};
    assert.deepEqual([team, key, type], ['a team', '1', 'application/json']);
    const { resource, startTimeUnixNano } = sink.spans[0] ?? {};
    assert.equal(resource?.['service.name'], 'shop');
    assert.equal(resource?.['deployment.environment.name'], 'test');
    assert.ok(Math.abs(Number(startTimeUnixNano) / 1e6 - beforeMs) < 5_000, 'the time is not ours');
  });

  test('about as many traces are recorded as are asked for', async () => {
    const { tracer, close } = await startTracer({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    });
    const traces = Array.from({ length: 4_000 }, () => tracer.enter(undefined));
    const share = traces.filter(isTraced).length / 4_000;
    // Chance is further off than this less than once in ten million runs.
    assert.ok(Math.abs(share - 0.25) < 0.04, String(share));
    await close();
  });
});

describe('without a collector that takes anything', () => {
  test('one that refuses is named once, what it does not take is counted, and it may come back', async () => {
    const sink = await startSink();
    sink.refuseBy((response) => response.writeHead(503, { 'retry-after': '60' }).end());
    const { tracer, lines, dropped, close } = await startTracer({
      ...quick,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    });
    const isDropped = (count: number) =>
      until(async () => (await dropped()) === count || undefined, 10_000);
    recordSpans(tracer, 3);
    assert.ok(await isDropped(3));
    recordSpans(tracer, 2);
    assert.ok(await isDropped(5));
    sink.refuseBy(undefined);
    recordSpans(tracer, 1);
    await close();

    assert.equal(sink.spans.length, 1);
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ['the collector takes no traces', 'the collector takes traces again'],
    );
  });

  test('more than may wait is dropped, and no stop waits long for one that never answers', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    after(() => silent.close());
    const { port } = silent.address() as { port: number };
    const { tracer, dropped, close } = await startTracer({
      ...quick,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '10000',
      OTEL_BSP_MAX_QUEUE_SIZE: '10',
    });
    recordSpans(tracer, 35);
    // Ten are on their way, ten wait.
    assert.equal(await dropped(), 15);
    const beganAtMs = performance.now();
    await close();
    assert.ok(performance.now() - beganAtMs < 4_000, 'a stop that waits');
  });

  test('one that is not there fails nobody', async () => {
    const { tracer, lines, dropped, close } = await startTracer({
      ...quick,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
    });
    recordSpans(tracer, 3);
    await close();
    assert.equal(await dropped(), 3);
    assert.ok(lines.length > 0 && lines.every(({ reason = '' }) => reason !== ''));
  });
});
