import { crashLabels, type CrashLabel } from '../platform/crash.ts';
import type { Violation } from './check-history.ts';
import { operations, type Attempt, type Operation } from './history.ts';
import { faultKinds } from './plan.ts';

export type Report = {
  seed: number;
  seconds: number;
  attempts: readonly Attempt[];
  faults: ReadonlyMap<string, number>;
  hits: readonly CrashLabel[];
  starts: number;
  violations: readonly Violation[];
  /** It was ended before its time, so that nothing was mended, and little was checked. */
  isEarly: boolean;
  healMs: number;
  quietMs: number;
};

/** From then on every point must have been crashed at. */
const allLabelsSeconds = 120;
const shownMax = 20;

/** Why a run that has found nothing proves nothing. */
export function lacks(report: Report): string[] {
  const { attempts, faults, hits, seconds, isEarly } = report;
  if (isEarly) return ['it was ended early'];
  const idle = operations.filter((f) => !attempts.some((one) => one.f === f && isDone(one)));
  const calm = faultKinds.filter((kind) => !faults.has(kind));
  const missed = crashLabels.filter((label) => !hits.includes(label));
  return [
    ...idle.map((f) => `${f} was never done`),
    ...(attempts.some(({ code }) => code === 'outOfStock') ? [] : ['nothing was sold out']),
    ...calm.map((kind) => `no fault of the kind ${kind}`),
    ...(seconds < allLabelsSeconds ? [] : missed.map((label) => `no crash at ${label}`)),
  ];
}

/** Whoever sends another order under a used key is right to be refused. */
function isDone({ f, type, code }: Attempt): boolean {
  return f === 'placeOther' ? code === 'keyReused' : type === 'ok';
}

/** What happened, as one table for people. */
export function linesOf(report: Report): string[] {
  const { seed, seconds, faults, hits, starts, violations, healMs, quietMs } = report;
  const missed = crashLabels.filter((label) => !hits.includes(label));
  const byChecker = Object.groupBy(violations, ({ checker }) => checker);
  return [
    `seed ${seed}, ${seconds} s of faults`,
    '',
    row('operation', ['ok', 'fail', 'info']),
    ...operations.map((f) => row(f, countsOf(report.attempts, f))),
    '',
    row('refusal', ['times']),
    ...tally(report.attempts.flatMap(({ code }) => code ?? [])),
    '',
    row('fault', ['times']),
    ...faultKinds.map((kind) => row(kind, [faults.get(kind) ?? 0])),
    '',
    row('crash at', ['times']),
    ...tally(hits),
    ...missed.map((label) => row(label, [0])),
    '',
    row('starts of processes', [starts]),
    row('healed after ms', [Math.round(healMs)]),
    row('holds and outbox empty after ms', [Math.round(quietMs)]),
    row('violations', [violations.length]),
    ...Object.entries(byChecker).flatMap(([checker, found = []]) => [
      row(`  ${checker}`, [found.length]),
      ...found.slice(0, shownMax).map(({ subject, detail }) => `    ${subject}: ${detail}`),
    ]),
    ...lacks(report).map((what) => `This run proves nothing: ${what}.`),
  ];
}

function countsOf(attempts: readonly Attempt[], f: Operation): number[] {
  const own = attempts.filter((attempt) => attempt.f === f);
  return (['ok', 'fail', 'info'] as const).map(
    (type) => own.filter((attempt) => attempt.type === type).length,
  );
}

function tally(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([name, count]) => row(name, [count]));
}

function row(name: string, cells: readonly (string | number)[]): string {
  return `${name.padEnd(34)}${cells.map((cell) => String(cell).padStart(9)).join('')}`;
}
