import type { Service } from '../platform/api.ts';
import type { Bus } from '../platform/bus.ts';
import { processChannel } from '../platform/report.ts';
import { checks } from '../platform/validate.ts';
import { ProcessReport, processesMax, type systemApi } from './system-api.ts';

/** What a gateway says of the process it is in. */
export type OwnSystem = {
  /** How this process is, made now. */
  report: () => Promise<ProcessReport>;
  /** Whether there is no other process. */
  isAlone: boolean;
};

type Parts = OwnSystem & {
  /** Absent where others cannot be heard. */
  bus: Pick<Bus, 'hear'> | undefined;
  now?: () => Date;
  clockMs?: () => number;
};

/** Three reports late. */
const silentMsMax = 15_000;

/** Knows every process that tells of itself, for as long as it does. */
export function createSystem(parts: Parts): {
  service: Service<typeof systemApi>;
  close: () => void;
} {
  const { report, isAlone, bus, now = () => new Date() } = parts;
  const { clockMs = () => performance.now() } = parts;
  const heard = new Map<string, { report: ProcessReport; atMs: number }>();
  const fits = createCheck();

  function forgetSilent(): void {
    const sinceMs = clockMs() - silentMsMax;
    for (const [id, { atMs }] of heard) if (atMs < sinceMs) heard.delete(id);
  }

  const leave = bus?.hear(processChannel, {
    heard({ value }) {
      if (!fits(value)) return;
      forgetSilent();
      // Anybody may speak on a shared Redis; those that are known stay.
      if (heard.size >= processesMax && !heard.has(value.id)) return;
      heard.set(value.id, { report: value, atMs: clockMs() });
    },
  });

  return {
    service: {
      async getSystem() {
        const own = await report();
        forgetSilent();
        const others = [...heard.values()].filter((one) => one.report.id !== own.id);
        return {
          at: now().toISOString(),
          isWhole: isAlone || own.redis?.ok === true,
          processes: [own, ...others.map((one) => one.report)].slice(0, processesMax),
        };
      },
    },
    close: () => leave?.(),
  };
}

/** What is on the bus may be from another version, or from somebody else. */
function createCheck() {
  const check = checks()('body', ProcessReport);
  return (value: unknown): value is ProcessReport => {
    try {
      check(value);
      return true;
    } catch {
      return false;
    }
  };
}
