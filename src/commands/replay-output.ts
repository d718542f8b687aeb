import { once } from 'node:events';
import type { Counts, Sender } from '../replay/sender.ts';

type Finished = { isWhole: boolean; played: number; skipped: number };
type Sent = { sender: Sender; unsent: number };

const skippedToldMax = 20;
const retryToldEveryMs = 10_000;
const progressEveryMs = 500;

/** Prints JSON, as fast as somebody reads; who stops reading is heard of, and all is well. */
export function createPrinter(onEnd: () => void): (value: object) => Promise<void> {
  const { stdout } = process;
  stdout.on('error', onEnd);
  return async (value) => {
    if (!stdout.writable || stdout.write(`${JSON.stringify(value)}\n`)) return;
    await once(stdout, 'drain').catch(onEnd);
  };
}

/** Says something to the person at the terminal, in place of the line that tells of progress. */
export function say(sentence: string): void {
  clearLine();
  process.stderr.write(`bazar: ${sentence}\n`);
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}

/** Tells of rows that are skipped: the first of them one by one, and of all how many they are. */
export function createSkipped() {
  let count = 0;
  return {
    count: () => count,
    add: ({ line, problem }: { line: number; problem: string }): void => {
      count += 1;
      if (count <= skippedToldMax) say(`line ${line}: ${problem}; skipped`);
    },
  };
}

/** Tells that something is tried again, and not every time. */
export function createRetryTeller(): (why: string) => void {
  let toldAtMs = -Infinity;
  return (why) => {
    if (performance.now() - toldAtMs < retryToldEveryMs) return;
    toldAtMs = performance.now();
    say(`${why}; trying again`);
  };
}

/** One line that is written again and again, for eyes only. */
export function createProgress(counts: Readonly<Counts> | undefined) {
  let share = 0;
  let lateMs = 0;
  const write = () => {
    const sent = counts ? `, ${counts.sent} sent, ${counts.refused} refused` : '';
    const late = `${(lateMs / 1_000).toFixed(1)} s late`;
    clearLine();
    process.stderr.write(`${Math.floor(share * 100)} %${sent}, ${late}`);
  };
  const timer = process.stderr.isTTY ? setInterval(write, progressEveryMs).unref() : undefined;
  return {
    share: (value: number) => void (share = value),
    late: (ms: number) => void (lateMs = ms),
    end: () => {
      clearInterval(timer);
      clearLine();
    },
  };
}

export function summaryOf({ isWhole, played, skipped }: Finished, sent?: Sent): string {
  const begin = isWhole ? '' : 'stopped; ';
  const end = `skipped rows ${skipped}`;
  if (!sent) return `${begin}printed ${played}, ${end}`;
  const { counts, refusedFor } = sent.sender;
  const why = refusedFor() === undefined ? '' : ` (${refusedFor()})`;
  const told = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  const left = sent.unsent > 0 ? `, not sent ${sent.unsent}` : '';
  return `${begin}${told.join(', ')}${why}, ${end}${left}`;
}
