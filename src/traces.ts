import { randomUUID } from 'node:crypto';
import { ConfigError, type Config } from './config.ts';
import type { Lifecycle } from './platform/lifecycle.ts';
import type { Log } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';
import { screaming } from './platform/names.ts';
import { untraced, type Tracer } from './platform/tracing.ts';
import { readVersion } from './version.ts';

type Parts = { config: Config; log: Log; metrics: Metrics; lifecycle: Lifecycle };

/** Where traces of this process go, if anywhere; only then is anything of OpenTelemetry loaded. */
export async function openTracer({ config, log, metrics, lifecycle }: Parts): Promise<Tracer> {
  const url = addressOf(config);
  const { otelSdkDisabled, otelTracesExporter } = config;
  if (url === undefined || otelSdkDisabled || otelTracesExporter === 'none') return untraced;
  const headers = {
    ...readPairs(config, 'otelExporterOtlpHeaders'),
    ...readPairs(config, 'otelExporterOtlpTracesHeaders'),
  };
  const { openOtlp } = await import('./platform/tracing-otlp.ts');
  const version = readVersion();
  const tracer = openOtlp({
    url,
    headers,
    compression: config.otelExporterOtlpCompression,
    timeoutMs: config.otelExporterOtlpTracesTimeout ?? config.otelExporterOtlpTimeout,
    sampler: { name: config.otelTracesSampler, ratio: config.otelTracesSamplerArg },
    resource: resourceOf(config, version),
    queueMax: config.otelBspMaxQueueSize,
    everyMs: config.otelBspScheduleDelay,
    version,
    log,
    metrics,
  });
  lifecycle.opened('traces', tracer.close);
  return tracer;
}

function addressOf(config: Config): string | undefined {
  const { otelExporterOtlpTracesEndpoint: whole, otelExporterOtlpEndpoint: base } = config;
  return whole ?? (base && `${base.replace(/\/+$/, '')}/v1/traces`);
}

function resourceOf(config: Config, version: string): Record<string, string> {
  const { otelServiceName, targets } = config;
  return {
    'service.name': `bazar-${[...targets].join('-')}`,
    'service.version': version,
    'service.instance.id': randomUUID(),
    ...readPairs(config, 'otelResourceAttributes'),
    ...(otelServiceName !== undefined && { 'service.name': otelServiceName }),
  };
}

type PairsName =
  | 'otelExporterOtlpHeaders'
  | 'otelExporterOtlpTracesHeaders'
  | 'otelResourceAttributes';

/** `name=value,name=value`, with percent signs as in an address. What is wrong is not repeated. */
function readPairs(config: Config, name: PairsName): Record<string, string> {
  const pairs = (config[name] ?? '').split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(pairs.map((pair) => readPair(pair, name)));
}

function readPair(pair: string, name: PairsName): [string, string] {
  const at = pair.indexOf('=');
  const key = pair.slice(0, at).trim();
  try {
    if (at > 0 && /^[\w.-]+$/.test(key))
      return [key, decodeURIComponent(pair.slice(at + 1).trim())];
  } catch {
    // Said below.
  }
  throw new ConfigError(`${screaming(name)} must be name=value, with commas between.`);
}
