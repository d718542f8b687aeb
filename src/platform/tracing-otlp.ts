import { createNoopMeter, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import type { Counter, MeterProvider } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import { Counter as Total } from 'prom-client';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Tracer } from './tracing.ts';
import { createTracer, parentBased } from './tracing-on.ts';
import { createReadable } from './tracing-readable.ts';
import { within } from './within.ts';

export type Otlp = {
  url: string;
  headers: Record<string, string>;
  compression: 'none' | 'gzip';
  timeoutMs: number;
  /** As the standard names them, with its argument. */
  sampler: { name: string; ratio: number };
  resource: Record<string, string>;
  /** So many spans wait at most; more are dropped. */
  queueMax: number;
  everyMs: number;
  version: string;
  log: Log;
  metrics: Pick<Metrics, 'registry'>;
};

const closeMsMax = 2_000;
/** To write one batch takes the event loop for milliseconds, so it is not as large as it may be. */
const sentMax = 256;
const tooLate = () => new Error('the last traces were not taken in time');

/** Sends spans to a collector. What is imported here is loaded only by who has one. */
export function openOtlp(options: Otlp): Tracer & { close: () => Promise<void> } {
  const { queueMax, everyMs, timeoutMs, sampler } = options;
  const processor = new BatchSpanProcessor({
    exporter: tellingExporter(options),
    maxQueueSize: queueMax,
    maxExportBatchSize: Math.min(queueMax, sentMax),
    scheduledDelayMillis: everyMs,
    exportTimeoutMillis: timeoutMs * 2,
    selfObsMeterProvider: droppedMeter(options.metrics),
  });
  const readable = createReadable(options);
  const tracer = createTracer({
    isSampled: parentBased(sampler.name.startsWith('parentbased_'), rootSampler(sampler)),
    record: (trace, endedAtMs) => processor.onEnd(readable(trace, endedAtMs)),
  });
  return {
    ...tracer,
    async close() {
      await within(closeMsMax, processor.shutdown(), tooLate).catch((error: Error) => {
        options.log.warn({ reason: error.message }, 'some traces are lost');
      });
    },
  };
}

/** The exporter, which says once that the collector is away, and once that it is back. */
function tellingExporter({ url, headers, compression, timeoutMs, log }: Otlp): SpanExporter {
  const exporter = new OTLPTraceExporter({
    url,
    headers,
    compression: compression as NonNullable<ExporterOptions['compression']>,
    timeoutMillis: timeoutMs,
  });
  let isAway = false;

  function note(error: Error | undefined): void {
    if ((error !== undefined) === isAway) return;
    isAway = error !== undefined;
    // Its own words only: an answer of the collector may be long, and is nobody's.
    const at = new URL(url).host;
    if (error) log.warn({ at, reason: error.message }, 'the collector takes no traces');
    else log.info({ at }, 'the collector takes traces again');
  }

  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const isTaken = (result.code as number) === 0;
        note(isTaken ? undefined : (result.error ?? new Error('no reason given')));
        done(result);
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}

type ExporterOptions = NonNullable<ConstructorParameters<typeof OTLPTraceExporter>[0]>;

/** The SDK counts the spans that it is done with; those with an error were dropped. */
function droppedMeter({ registry }: Otlp['metrics']): MeterProvider {
  const total = new Total({
    name: 'bazar_spans_dropped_total',
    help: 'Spans that no collector took, because too many waited or it was away',
    registers: [registry],
  });
  const add: Counter['add'] = (count, attributes) => {
    if (attributes?.['error.type'] !== undefined) total.inc(count);
  };
  const meter = createNoopMeter();
  const createCounter = () => ({ add });
  return { getMeter: () => Object.assign(Object.create(meter) as typeof meter, { createCounter }) };
}

function rootSampler({ name, ratio }: Otlp['sampler']): (traceId: string) => boolean {
  const samplers: Record<string, Sampler> = {
    always_on: new AlwaysOnSampler(),
    always_off: new AlwaysOffSampler(),
    traceidratio: new TraceIdRatioBasedSampler(ratio),
  };
  const sampler = samplers[name.replace('parentbased_', '')];
  if (!sampler) throw new RangeError(`There is no sampler ${name}`);
  const yes = SamplingDecision.RECORD_AND_SAMPLED;
  return (traceId) =>
    sampler.shouldSample(ROOT_CONTEXT, traceId, '', SpanKind.INTERNAL, {}, []).decision === yes;
}
