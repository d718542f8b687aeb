import { readdirSync, readFileSync } from 'node:fs';

// Linux counts the processor time of a process in hundredths of a second, on every machine.
const usPerTick = 10_000;

type Stat = { parent: number; ticks: number; endedChildrenTicks: number };

function statOf(pid: number | string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program may hold anything; what comes after it is numbers.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const sum = (...at: number[]) => at.reduce((total, i) => total + (fields[i] ?? 0), 0);
    return { parent: fields[1] ?? 0, ticks: sum(11, 12), endedChildrenTicks: sum(13, 14) };
  } catch {
    return undefined;
  }
}

/** Processor time of these processes so far, of all of their threads. */
export function processesUs(pids: readonly number[]): number {
  return pids.reduce((total, pid) => total + (statOf(pid)?.ticks ?? 0), 0) * usPerTick;
}

/** Processor time of a whole server: its first process, its children, and those that ended. */
export function postgresUs(postmaster: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(name) : undefined;
    if (stat?.parent === postmaster) ticks += stat.ticks;
  }
  const own = statOf(postmaster);
  return (ticks + (own?.ticks ?? 0) + (own?.endedChildrenTicks ?? 0)) * usPerTick;
}

/** Time that the machine's processors were busy, whoever used them. */
export function machineUs(): number {
  const [line = ''] = readFileSync('/proc/stat', 'latin1').split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softIrq + steal) * usPerTick;
}

/** Memory of a process that is not on disk, in MiB. */
export function residentMib(pids: readonly number[]): number {
  const kib = pids.map((pid) => {
    const text = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  });
  return kib.reduce((a, b) => a + b, 0) / 1_024;
}

/** The samples of one metric in the text form of Prometheus, those that have all these labels. */
export function sampleOf(text: string, name: string, labels = ''): number {
  let total = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith(name) || !/[ {]/.test(line[name.length] ?? '')) continue;
    if (line.includes(labels)) total += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return total;
}
