import type { Process, System } from './shapes.ts';

const at = '2026-01-02T12:00:00.000Z';

type Fields = Partial<Omit<Process, 'history'>> & {
  series?: Partial<Process['history']['series']>;
};

/** For tests: a process that runs everything and lacks nothing. */
export function processOf({ series = {}, ...fields }: Fields = {}): Process {
  const points = Math.max(0, ...Object.values(series).map((values) => values.length));
  const none = Array.from({ length: points }, () => null);
  return {
    id: 'one',
    host: 'here',
    pid: 1,
    targets: ['all'],
    version: '1.0.0',
    startedAt: '2026-01-02T10:00:00.000Z',
    reportedAt: at,
    memoryBytes: 100,
    cpuShare: 0.5,
    eventLoopDelayP99Ms: 1,
    checks: [{ name: 'users database', needed: true, ok: true }],
    operations: [],
    batchers: [],
    pools: [],
    invariants: [{ service: 'catalog', invariant: 'K1', violations: 0 }],
    audits: [{ service: 'catalog', at }],
    security: [],
    recentErrors: [],
    postgres: [{ services: ['users'], ok: true }],
    ...fields,
    history: {
      everySeconds: 30,
      at,
      points,
      series: {
        requestsPerSecond: none,
        errorsPerSecond: none,
        p50Ms: none,
        p99Ms: none,
        batchSize: none,
        queueWaiting: none,
        eventLoopDelayMs: none,
        memoryBytes: none,
        cpuShare: none,
        ordersPerSecond: none,
        ...series,
      },
    },
  };
}

export function systemOf(processes: Process[] = [processOf()], isWhole = true): System {
  return { at, isWhole, processes };
}

/** An error so many seconds before all that is told here. */
export function errorOf(secondsAgo: number, operation = 'placeOrder') {
  return {
    at: new Date(Date.parse(at) - secondsAgo * 1_000).toISOString(),
    operation,
    status: 503,
    code: 'unavailable',
    detail: 'Away',
    requestId: `request ${secondsAgo}`,
    traceId: `trace ${secondsAgo}`,
  };
}
