import type { Options } from './options.ts';
import type { Cluster } from './postgres.ts';
import { measureAverage } from './tracking-average.ts';
import { trackingChecks, type Findings } from './tracking-checks.ts';
import { measureFanOut } from './tracking-fan-out.ts';
import { measureIngest } from './tracking-ingest.ts';
import { textOfTracking, writeTrackingReport } from './tracking-report.ts';
import { bazarsOver, hireStaff, startNaiveTracker, type Tracker } from './tracking-systems.ts';

type Parts = { cluster: Cluster; options: Options; say: (line: string) => void };

/** A crowd of a thousand, of whom none may open more than ten streams. */
const staffCount = 100;

/** `npm run bench -- tracking`: fixes in, fixes out, and what they add up to. */
export async function runTracking({ cluster, options, say }: Parts): Promise<number> {
  const { rounds, seconds, othersMax, nodeFlags, settings, parts } = options;
  const url = await cluster.database('bench_tracking');
  const startBazar = bazarsOver(url, { cluster, nodeFlags, settings });
  const findings: Findings = {};
  const running: Tracker[] = [];
  try {
    const all = await startBazar();
    running.push(all);
    const staff = await hireStaff(all.port, staffCount);
    const plan = { cluster, staff, rounds, seconds, othersMax, say };
    if (parts.includes('average')) {
      findings.average = await measureAverage(all, staff);
    }
    if (parts.includes('ingest')) {
      all.pause();
      const naive = await startNaiveTracker(cluster);
      running.push(naive);
      naive.pause();
      findings.ingest = await measureIngest({ ...plan, all, naive });
    }
    await stopAll(running);
    if (parts.includes('fan-out')) {
      findings.fanOut = await measureFanOut({ ...plan, start: startBazar });
    }
  } finally {
    await stopAll(running);
  }
  const checks = trackingChecks(findings);
  say(`\n${textOfTracking(findings, checks)}`);
  const { version } = cluster;
  if (options.writes) await writeTrackingReport({ findings, checks, version, ...options });
  const rows = [...(findings.ingest ?? []), ...(findings.fanOut ?? [])];
  const isValid = rows.every((row) => row.rounds.every(({ faults }) => faults === ''));
  return isValid && checks.every(({ isMet }) => isMet) ? 0 : 1;
}

async function stopAll(running: Tracker[]): Promise<void> {
  await Promise.all(running.splice(0).map((tracker) => tracker.stop()));
}
