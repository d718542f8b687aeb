import { parseArgs } from 'node:util';
import { largeOnes, smallOnes } from './configurations.ts';
import { mutants, mutated, type Mutant } from './mutants.ts';
import { protocol } from './protocol.ts';
import { search, type Result } from './search.ts';
import type { Config } from './state.ts';

const write = (line: string) => process.stdout.write(line);

/** `node src/model/run.ts --large`: every configuration, then every mutant; 1 if one surprises. */
function main(): void {
  const { values } = parseArgs({ options: { large: { type: 'boolean', default: false } } });
  const configs = values.large ? [...smallOnes, ...largeOnes] : smallOnes;
  write(`${row('states', 'transitions', 'seconds')}  violations  configuration\n`);
  const kept = configs.map((config) => checked(config));
  write(`\n${'steps'.padStart(11)}  mutant\n`);
  const killed = mutants.map((mutant) => attacked(mutant));
  process.exitCode = [...kept, ...killed].every(Boolean) ? 0 : 1;
}

/** Whether the protocol keeps its promises here. */
function checked(config: Config): boolean {
  const startedMs = performance.now();
  const result = search(
    { config, steps: protocol },
    {
      onProgress: ({ states, waiting }) => {
        // On a terminal the line is written over; in a log it would only be noise.
        if (process.stdout.isTTY) write(`\r${states} states, ${waiting} to visit\u001B[K`);
      },
    },
  );
  if (process.stdout.isTTY) write('\r\u001B[K');
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const violations = String(result.violation ? 1 : 0).padStart(10);
  write(`${row(result.states, result.transitions, seconds)}  ${violations}  ${config.name}\n`);
  write(tale(result));
  return !result.violation;
}

/** Whether the mutant is caught. */
function attacked(mutant: Mutant): boolean {
  const { config, breaks } = mutant;
  const result = search({ config, steps: mutated(mutant) }, { promises: [breaks] });
  const steps = String(result.violation?.trace.length ?? 'survives').padStart(11);
  write(`${steps}  ${mutant.name}\n${tale(result)}`);
  return result.violation !== undefined;
}

function row(...cells: (string | number)[]): string {
  return cells.map((cell) => String(cell).padStart(11)).join('  ');
}

/** The shortest way to a broken promise, a line for each step. */
function tale({ violation }: Result): string {
  if (!violation) return '';
  return [...violation.trace, `broken: ${violation.promise}`]
    .map((words) => `${' '.repeat(13)}${words}\n`)
    .join('');
}

main();
