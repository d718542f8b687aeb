import {
  greatest,
  grouped,
  sum,
  type Batcher,
  type Operation,
  type Pool,
  type Postgres,
  type Process,
  type Redis,
} from './shapes.ts';

/**
 * Of all processes together: counts and rates are added up, of times the longest counts, because
 * buckets that were read cannot be added up any more.
 */
export function operationsOf(processes: readonly Process[]): Operation[] {
  const all = processes.flatMap(({ operations }) => operations);
  return grouped(all, ({ operation }) => operation).map((same) => {
    const p50Ms = greatest(same.map((one) => one.p50Ms));
    const p99Ms = greatest(same.map((one) => one.p99Ms));
    return {
      operation: same[0]?.operation ?? '',
      requests: sum(same, ({ requests }) => requests),
      errors: sum(same, ({ errors }) => errors),
      refusals: sum(same, ({ refusals }) => refusals),
      perSecond: sum(same, ({ perSecond }) => perSecond),
      ...(p50Ms !== undefined && { p50Ms }),
      ...(p99Ms !== undefined && { p99Ms }),
    };
  });
}

export function batchersOf(processes: readonly Process[]): Batcher[] {
  const all = processes.flatMap(({ batchers }) => batchers);
  return grouped(all, ({ name }) => name)
    .map((same) => {
      const batches = sum(same, (one) => one.batches);
      const sizes = sum(same, (one) => one.meanSize * one.batches);
      return {
        name: same[0]?.name ?? '',
        batches,
        items: sum(same, ({ items }) => items),
        meanSize: batches === 0 ? 0 : sizes / batches,
        waiting: sum(same, ({ waiting }) => waiting),
      };
    })
    .toSorted(by(({ name }) => name));
}

export function poolsOf(processes: readonly Process[]): Pool[] {
  const all = processes.flatMap(({ pools }) => pools);
  return grouped(all, ({ service }) => service)
    .map((same) => ({
      service: same[0]?.service ?? '',
      busy: sum(same, ({ busy }) => busy),
      idle: sum(same, ({ idle }) => idle),
      waiting: sum(same, ({ waiting }) => waiting),
    }))
    .toSorted(by(({ service }) => service));
}

/** Each database once; if one process cannot reach it, it does not answer. */
export function databasesOf(processes: readonly Process[]): Postgres[] {
  const all = newestFirst(processes).flatMap(({ postgres }) => postgres);
  return grouped(all, ({ services }) => services.join())
    .map((same) => Object.assign({}, ...same.toReversed(), { ok: same.every(({ ok }) => ok) }))
    .toSorted(by(({ services }: Postgres) => services.join()));
}

/** One Redis for all; absent where no process has it. */
export function redisOf(processes: readonly Process[]): Redis | undefined {
  const all = newestFirst(processes).flatMap(({ redis }) => (redis ? [redis] : []));
  if (all.length === 0) return undefined;
  return { ...Object.assign({}, ...all.toReversed()), ok: all.every(({ ok }) => ok) };
}

export type Rule = {
  service: string;
  invariant: string;
  violations: number;
  /** When its books were audited last. */
  auditedAt?: string | undefined;
};

/** What must hold, with what is violated first. */
export function rulesOf(processes: readonly Process[]): Rule[] {
  const audits = processes.flatMap((process) => process.audits);
  const auditOf = (service: string) =>
    audits
      .flatMap((audit) => (audit.service === service && audit.at ? [audit.at] : []))
      .toSorted()
      .at(-1);
  const all = processes.flatMap(({ invariants }) => invariants);
  return grouped(all, ({ service, invariant }) => `${service} ${invariant}`)
    .map((same) => {
      const { service = '', invariant = '' } = same[0] ?? {};
      const violations = sum(same, (one) => one.violations);
      return { service, invariant, violations, auditedAt: auditOf(service) };
    })
    .toSorted(by(({ service, invariant }) => `${service} ${invariant}`))
    .toSorted((one, other) => other.violations - one.violations);
}

export function securityOf(processes: readonly Process[]): Process['security'] {
  const all = processes.flatMap(({ security }) => security);
  return grouped(all, ({ event }) => event)
    .map((same) => ({ event: same[0]?.event ?? '', count: sum(same, ({ count }) => count) }))
    .toSorted((one, other) => other.count - one.count || one.event.localeCompare(other.event));
}

export type RecentError = Process['recentErrors'][number] & { process: Process };

const errorsMax = 100;

export function errorsOf(processes: readonly Process[]): RecentError[] {
  return processes
    .flatMap((process) => process.recentErrors.map((error) => ({ ...error, process })))
    .toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .slice(0, errorsMax);
}

function newestFirst(processes: readonly Process[]): Process[] {
  return processes.toSorted(
    (one, other) => Date.parse(other.reportedAt) - Date.parse(one.reportedAt),
  );
}

function by<T>(textOf: (item: T) => string) {
  return (one: T, other: T): number => textOf(one).localeCompare(textOf(other));
}
