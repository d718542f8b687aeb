import type { Finding } from './health.ts';
import type { Metrics } from './metrics.ts';
import { valuesOf, type Sample, type Value } from './report-sample.ts';
import { detailLengthMax, reportBounds, type ReportFields } from './report-shapes.ts';
import { latency, meanBatch, perSecond, rounded } from './report-span.ts';

const { listMax, operationsMax } = reportBounds;

/** What a process did lately: in the last minute, and in the last five. */
export type Lately = { minute: Sample; fiveMinutes: Sample; now: Sample };

export function listOperations({ minute, fiveMinutes, now }: Lately): ReportFields['operations'] {
  const asked = [...now.operations].filter(([, { requests }]) => requests > 0);
  return asked
    .toSorted(([, one], [, other]) => other.requests - one.requests)
    .slice(0, operationsMax)
    .map(([operation, { requests, errors, refusals }]) => ({
      operation,
      requests,
      errors,
      refusals,
      perSecond: perSecond(
        { from: minute, to: now },
        ({ operations }) => operations.get(operation)?.requests ?? 0,
      ),
      ...latency({ from: fiveMinutes, to: now }, operation),
    }));
}

export function listBatchers({ fiveMinutes, now }: Lately): ReportFields['batchers'] {
  return [...now.batchers].slice(0, listMax).map(([name, { batches, items, waiting }]) => ({
    name,
    batches,
    items,
    waiting,
    meanSize:
      meanBatch({ from: fiveMinutes, to: now }, name) ?? (batches && rounded(items / batches)),
  }));
}

export function listChecks(findings: readonly Finding[]): ReportFields['checks'] {
  return findings.slice(0, listMax).map(({ detail, ...finding }) => ({
    ...finding,
    ...(detail !== undefined && { detail: detail.slice(0, detailLengthMax) }),
  }));
}

const text = ({ labels }: Value, name: string): string => String(labels[name] ?? '');

export async function listPools(metrics: Metrics): Promise<ReportFields['pools']> {
  const { values } = await metrics.poolConnections.get();
  const byService = Map.groupBy(values, (value) => text(value, 'service'));
  return [...byService].slice(0, listMax).map(([service, states]) => {
    const count = (state: string) =>
      states.find(({ labels }) => labels.state === state)?.value ?? 0;
    return { service, busy: count('busy'), idle: count('idle'), waiting: count('waiting') };
  });
}

/** What should make somebody look. */
export async function listAlarms(
  metrics: Metrics,
): Promise<Pick<ReportFields, 'invariants' | 'audits' | 'security' | 'recentErrors'>> {
  const violations = (await metrics.invariantViolations.get()).values.slice(0, listMax);
  const audits = (await metrics.lastAudit.get()).values;
  const events = (await metrics.securityEvents.get()).values.slice(0, listMax);
  const invariants = violations.map((value) => ({
    service: text(value, 'service'),
    invariant: text(value, 'invariant'),
    violations: value.value,
  }));
  const auditOf = (service: string) => {
    const seconds = audits.find(({ labels }) => labels.service === service)?.value;
    return { service, ...(seconds && { at: new Date(seconds * 1_000).toISOString() }) };
  };
  return {
    invariants,
    audits: [...new Set(invariants.map(({ service }) => service))].map(auditOf),
    security: events.map((value) => ({ event: text(value, 'event'), count: value.value })),
    recentErrors: metrics.recentErrors.newestFirst(),
  };
}

/** The databases and Redis, as they were when they were asked last. */
export async function listStores(
  metrics: Metrics,
): Promise<Pick<ReportFields, 'postgres' | 'redis'>> {
  const up = (await metrics.databaseUp.get()).values.slice(0, listMax);
  const postgres = up.map(async (value) => {
    const services = text(value, 'services');
    const read = async (gauge: { get: () => Promise<{ values: readonly Value[] }> }) =>
      (await gauge.get()).values.find(({ labels }) => labels['services'] === services)?.value;
    return withoutHoles({
      services: services.split(','),
      ok: value.value === 1,
      version: text(value, 'version') || undefined,
      sizeBytes: await read(metrics.databaseSize),
      connections: await read(metrics.databaseConnections),
      connectionsMax: await read(metrics.databaseConnectionsMax),
      oldestTransactionSeconds: await read(metrics.databaseOldest),
    });
  });
  const redis = await redisOf(metrics);
  return { postgres: await Promise.all(postgres), ...(redis && { redis }) };
}

async function redisOf(metrics: Metrics): Promise<ReportFields['redis']> {
  const connected = await valuesOf(metrics, 'bazar_bus_connected');
  if (connected.length === 0) return undefined;
  const [info] = await valuesOf(metrics, 'bazar_redis_memory_bytes');
  const [clients] = await valuesOf(metrics, 'bazar_redis_clients');
  return withoutHoles({
    ok: connected.every(({ value }) => value === 1),
    version: info && text(info, 'version'),
    memoryBytes: info?.value,
    clients: clients?.value,
  });
}

type WithoutHoles<T> = {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key];
} & { [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined> };

/** What is not known is not there. */
function withoutHoles<T extends object>(fields: T): WithoutHoles<T> {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as WithoutHoles<T>;
}
