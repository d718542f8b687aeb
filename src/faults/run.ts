import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runCampaign } from './campaign.ts';
import { mutantNames } from './mutants/mutants.ts';
import { lacks, linesOf } from './report.ts';

const options = {
  seconds: { type: 'string', default: '60' },
  seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
  mutant: { type: 'string' },
  keep: { type: 'boolean', default: false },
} as const;

/** `node src/faults/run.ts --seconds=300 --seed=7`; 1 if something is wrong, or nothing is proved. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  const [seed, seconds] = [Number(values.seed), Number(values.seconds)];
  if (!Number.isSafeInteger(seed) || !(seconds > 0)) throw new Error('--seed=7 --seconds=300');
  if (values.mutant !== undefined && !mutantNames.includes(values.mutant)) {
    throw new Error(`--mutant is one of ${mutantNames.join(', ')}`);
  }
  const folder = resolve(`faults-${seed}`);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const campaign = { seed, seconds, folder, mutant: values.mutant, signal: stopping.signal };
  const report = await runCampaign(campaign);
  process.stdout.write(`${linesOf(report).join('\n')}\n`);
  const isGood = report.violations.length === 0 && lacks(report).length === 0;
  if (isGood && !values.keep) await rm(folder, { recursive: true, force: true });
  else process.stdout.write(`The history and the logs are in ${folder}\n`);
  return isGood ? 0 : 1;
}

process.exitCode = await main();
