import { clock, plural } from '../base/format.ts';
import { databasesOf, errorsOf, redisOf, rulesOf } from './combine.ts';
import { grouped, type Process, type System } from './shapes.ts';

export type Level = 'good' | 'warn' | 'bad';
export type Finding = { level: Exclude<Level, 'good'>; text: string };
export type Verdict = {
  level: Level;
  /** The one thing to know. */
  sentence: string;
  /** What is wrong besides. */
  more: readonly Finding[];
};

const bad = (text: string): Finding => ({ level: 'bad', text });
const warn = (text: string): Finding => ({ level: 'warn', text });

const serviceNames = ['users', 'catalog', 'orders', 'tracking'] as const;

const lateMsMax = 200;
const connectionShareMax = 0.9;
const transactionSecondsMax = 60;
const errorMinutes = 5;

/** How it is, in a sentence: the worst thing there is, or that all is well. */
export function verdictOf(system: System): Verdict {
  const findings = findingsOf(system);
  const sorted = [...findings.filter(isBad), ...findings.filter((one) => !isBad(one))];
  const [first, ...more] = sorted;
  if (first) return { level: first.level, sentence: first.text, more };
  return { level: 'good', sentence: allWell(system), more };
}

function isBad({ level }: Finding): boolean {
  return level === 'bad';
}

function findingsOf(system: System): Finding[] {
  const { processes } = system;
  return [
    ...lackingServices(system),
    ...brokenRules(processes),
    ...failedChecks(processes),
    ...databaseTroubles(processes),
    ...redisTroubles(processes),
    ...recentFaults(system),
    ...lateProcesses(processes),
    ...mixedVersions(processes),
  ];
}

function allWell({ processes }: System): string {
  const parts = [plural(processes.length, 'process', 'processes')];
  parts.push(plural(servicesOf(processes).length, 'service'));
  if (databasesOf(processes).length > 0) parts.push('PostgreSQL answers');
  if (redisOf(processes)) parts.push('Redis answers');
  const rules = rulesOf(processes);
  const isAudited = rules.every(({ auditedAt }) => auditedAt !== undefined);
  if (rules.length > 0) parts.push(isAudited ? 'books add up' : 'books are being checked');
  return `All well: ${parts.join(', ')}`;
}

export function servicesOf(processes: readonly Process[]): readonly string[] {
  const targets = new Set(processes.flatMap((process) => process.targets));
  return serviceNames.filter((name) => targets.has('all') || targets.has(name));
}

/** What nobody runs; unknown as long as there may be more processes. */
function lackingServices({ processes, isWhole }: System): Finding[] {
  const there = servicesOf(processes);
  const lacking = isWhole ? serviceNames.filter((name) => !there.includes(name)) : [];
  return lacking.length === 0 ? [] : [bad(`No process runs ${listed(lacking)}`)];
}

function brokenRules(processes: readonly Process[]): Finding[] {
  const broken = rulesOf(processes).filter(({ violations }) => violations > 0);
  if (broken.length === 0) return [];
  const names = broken.map(({ service, invariant }) => `${invariant} of ${service}`);
  return [bad(`Books do not add up: ${listed(names)} violated`)];
}

function failedChecks(processes: readonly Process[]): Finding[] {
  const failed = processes.flatMap(({ checks }) => checks.filter(({ ok }) => !ok));
  return grouped(failed, ({ needed, detail }) => `${needed} ${detail}`).map((same) => {
    const names = listed([...new Set(same.map(({ name }) => name))]);
    const { needed, detail = 'no answer' } = same[0] ?? {};
    return { level: needed ? 'bad' : 'warn', text: `${capital(names)} failed: ${detail}` };
  });
}

function databaseTroubles(processes: readonly Process[]): Finding[] {
  return databasesOf(processes).flatMap((database) => {
    const { services, ok, connections = 0, connectionsMax = Infinity } = database;
    const name = `PostgreSQL of ${listed(services)}`;
    if (!ok) return [bad(`${name} does not answer`)];
    const seconds = database.oldestTransactionSeconds ?? 0;
    const isFull = connections > connectionsMax * connectionShareMax;
    return [
      ...(isFull
        ? [warn(`${name} is short of connections: ${connections} of ${connectionsMax}`)]
        : []),
      ...(seconds > transactionSecondsMax
        ? [warn(`${name} has had a transaction open for more than a minute`)]
        : []),
    ];
  });
}

/** What a check has said already is not said again. */
function redisTroubles(processes: readonly Process[]): Finding[] {
  const isKnown = processes.some(({ checks }) =>
    checks.some(({ name, ok }) => name === 'redis' && !ok),
  );
  const isAway = redisOf(processes)?.ok === false && !isKnown;
  return isAway ? [warn('Redis does not answer everybody')] : [];
}

function recentFaults({ at, processes }: System): Finding[] {
  const since = Date.parse(at) - errorMinutes * 60_000;
  const [newest, ...others] = errorsOf(processes).filter((error) => Date.parse(error.at) >= since);
  if (!newest) return [];
  const count = plural(others.length + 1, 'error');
  const last = `the last in ${newest.operation} at ${clock(newest.at)}`;
  return [warn(`${count} in the last ${errorMinutes} minutes, ${last}`)];
}

function lateProcesses(processes: readonly Process[]): Finding[] {
  const late = processes.filter(({ eventLoopDelayP99Ms }) => eventLoopDelayP99Ms > lateMsMax);
  if (late.length === 0) return [];
  const names = late.map(({ targets, pid }) => `${targets.join('+')} (${pid})`);
  return [warn(`Too busy to be quick: ${listed(names)}`)];
}

function mixedVersions(processes: readonly Process[]): Finding[] {
  const versions = versionsOf(processes);
  return versions.length > 1 ? [warn(`Different versions run: ${listed(versions)}`)] : [];
}

export function versionsOf(processes: readonly Process[]): string[] {
  return [...new Set(processes.map(({ version }) => version))].toSorted();
}

/** How long the oldest process has been there. */
export function upSeconds({ at, processes }: System): number {
  const starts = processes.map(({ startedAt }) => Date.parse(startedAt));
  return (Date.parse(at) - Math.min(Date.parse(at), ...starts)) / 1_000;
}

const namedMax = 4;

/** "users, catalog and orders". */
function listed(names: readonly string[]): string {
  const shown = names.length > namedMax ? names.slice(0, namedMax - 1) : [...names];
  if (names.length > shown.length) shown.push(`${names.length - shown.length} more`);
  const last = shown.pop() ?? '';
  return shown.length > 0 ? `${shown.join(', ')} and ${last}` : last;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
