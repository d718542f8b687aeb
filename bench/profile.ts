import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { productsCount } from './naive-tables.ts';
import type { Options } from './options.ts';
import type { Cluster } from './postgres.ts';
import { measure } from './rounds.ts';
import { start } from './systems.ts';

type Frame = { functionName: string; url: string; lineNumber: number };
type Profile = {
  nodes: { id: number; callFrame: Frame }[];
  samples: number[];
  timeDeltas: number[];
};

type Parts = { cluster: Cluster; options: Options; say: (line: string) => void };

const linesMax = 25;
const root = join(import.meta.dirname, '..');

/** Where our process spends its time when it is full. */
export async function runProfile({ cluster, options, say }: Parts): Promise<number> {
  const [name = 'all'] = options.systems;
  const folder = join(cluster.folder, 'profile');
  const nodeFlags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, ...options.nodeFlags];
  const system = await start(name, { cluster, nodeFlags, settings: options.settings });
  const measureMs = options.seconds * 1_000;
  const load = { connections: 256, products: productsCount, lines: 1, warmMs: 3_000, measureMs };
  await cluster.ask('create extension pg_stat_statements');
  await cluster.ask('select pg_stat_statements_reset()');
  const round = await measure(cluster, system, load);
  await tellStatements(cluster, say);
  await system.stop();
  say(`${round.perSecond.toFixed(0)} orders/s while profiled ${round.faults}`);
  for (const file of await readdir(folder)) {
    // oxlint-disable-next-line no-await-in-loop -- they are large, and told one after the other
    const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as Profile;
    tell(profile, say);
  }
  return 0;
}

function tell({ nodes, samples, timeDeltas }: Profile, say: Parts['say']): void {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const [places, functions] = [new Map<string, number>(), new Map<string, number>()];
  let total = 0;
  for (const [i, id] of samples.entries()) {
    const frame = frames.get(id);
    const us = timeDeltas[i] ?? 0;
    if (!frame || frame.functionName === '(idle)') continue;
    total += us;
    const place = placeOf(frame);
    const name = `${frame.functionName || '(anonymous)'} ${place}:${frame.lineNumber + 1}`;
    places.set(place, (places.get(place) ?? 0) + us);
    functions.set(name, (functions.get(name) ?? 0) + us);
  }
  for (const [title, counted] of [
    ['functions', functions],
    ['files and packages', places],
  ] as const) {
    say(`\n${title}, share of busy time`);
    const top = [...counted].toSorted(([, a], [, b]) => b - a).slice(0, linesMax);
    for (const [name, us] of top) say(`${((us / total) * 100).toFixed(1).padStart(6)} %  ${name}`);
  }
}

type Costs = { query: string; calls: string; ms: number; rows: string; isTop: boolean };

/** What the database was asked, and how long it took; what is inside of a function is indented. */
async function tellStatements(cluster: Cluster, say: Parts['say']): Promise<void> {
  const rows = await cluster.ask<Costs>(
    `select regexp_replace(query, '\\s+', ' ', 'g') as query, calls, toplevel as "isTop",
       total_exec_time + total_plan_time as ms, rows
     from pg_stat_statements s join pg_database d on d.oid = s.dbid
     where d.datname like 'bench%' order by ms desc limit ${linesMax}`,
  );
  say('\nstatements: ms in all, calls, ms each');
  for (const { query, calls, ms, isTop } of rows) {
    const each = (ms / Number(calls)).toFixed(2);
    const words = [ms.toFixed(0).padStart(7), calls.padStart(7), each.padStart(7)];
    say(`${words.join(' ')}  ${isTop ? '' : '  '}${query.slice(0, 110)}`);
  }
}

/** A package as a whole, our own code by file. */
function placeOf({ url, functionName }: Frame): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'V8';
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  return inPackage ?? path.replace(`${root}/`, '');
}
