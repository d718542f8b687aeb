import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { createRecentErrors } from './recent-errors.ts';

export type Metrics = ReturnType<typeof createMetrics>;

export const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const itemsBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** Every instrument of a process, named once. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  // Among these are the delay of the event loop, memory and processor time.
  collectDefaultMetrics({ register: registry });

  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Gauge({ name, help, labelNames, registers });

  return {
    registry,
    requests: counter('bazar_requests_total', 'Requests, by operation and HTTP status', [
      'operation',
      'status',
    ]),
    requestSeconds: new Histogram({
      name: 'bazar_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer',
      labelNames: ['operation'],
      buckets: secondsBuckets,
      registers,
    }),
    farCalls: counter('bazar_far_calls_total', 'Calls to other processes, by outcome', [
      'service',
      'operation',
      'outcome',
    ]),
    eventLoopDelay: gauge(
      'bazar_event_loop_delay_p99_seconds',
      'By which 1 of 100 timers was late, in ten seconds',
      [],
    ),
    buildInfo: gauge('bazar_build_info', 'What runs here; always 1', ['version', 'targets']),
    ...batchMetrics(registers),
    ...databaseMetrics(registers),
    ...backlogMetrics(registers),
    ...alarmMetrics(registers),
    recentErrors: createRecentErrors(),
  };
}

/** Batches, and what waits to be in one. */
function batchMetrics(registers: Registry[]) {
  const labelNames = ['batcher'] as const;
  return {
    batchSize: new Histogram({
      name: 'bazar_batch_size',
      help: 'Items that travelled in one batch',
      labelNames,
      buckets: itemsBuckets,
      registers,
    }),
    batchWait: new Histogram({
      name: 'bazar_batch_wait_seconds',
      help: 'How long an item waited until its batch went',
      labelNames,
      buckets: secondsBuckets,
      registers,
    }),
    batcherWaiting: new Gauge({
      name: 'bazar_batcher_waiting',
      help: 'Items that wait for the next batch',
      labelNames,
      registers,
    }),
    batchBisects: new Counter({
      name: 'bazar_batch_bisects_total',
      help: 'Batches halved to find a bad item',
      labelNames,
      registers,
    }),
  };
}

/** Connections to databases, and how those were when they were asked last. */
function databaseMetrics(registers: Registry[]) {
  const gauge = <L extends string>(name: string, help: string, more: L[] = []) =>
    new Gauge<L | 'services'>({ name, help, labelNames: ['services', ...more], registers });
  return {
    poolConnections: new Gauge({
      name: 'bazar_pool_connections',
      help: 'Database connections, by state',
      labelNames: ['service', 'state'],
      registers,
    }),
    databaseUp: gauge('bazar_database_up', 'Whether the database answered', ['version']),
    databaseSize: gauge('bazar_database_size_bytes', 'Size of the database on disk'),
    databaseConnections: gauge(
      'bazar_database_connections',
      'Connections to the database server, of everybody',
    ),
    databaseConnectionsMax: gauge(
      'bazar_database_connections_max',
      'Connections that the database server takes',
    ),
    databaseOldest: gauge(
      'bazar_database_oldest_transaction_seconds',
      'How long ago the oldest open transaction of the database began',
    ),
  };
}

/** What waits in databases, as it was when they were asked last. */
function backlogMetrics(registers: Registry[]) {
  const holdsOldest = new Gauge({
    name: 'bazar_holds_oldest_seconds',
    help: 'Age of the oldest batch of orders that waits for its verdict; 0 if there is none',
    registers,
  });
  // A gauge without labels begins with 0, and here nobody has looked yet.
  holdsOldest.remove();
  return {
    holdsOldest,
    outboxOldest: new Gauge({
      name: 'bazar_outbox_oldest_seconds',
      help: 'Age of the oldest news that nobody was told; 0 if there is none',
      labelNames: ['service'],
      registers,
    }),
    vehicles: new Gauge({
      name: 'bazar_vehicles',
      help: 'Vehicles that have said where they are, by how long ago that was',
      labelNames: ['state'],
      registers,
    }),
  };
}

/** What somebody should look at. */
function alarmMetrics(registers: Registry[]) {
  return {
    securityEvents: new Counter({
      name: 'bazar_security_events_total',
      help: 'Refused log-ins, reused refresh tokens, limits reached, changes by staff',
      labelNames: ['event'],
      registers,
    }),
    invariantViolations: new Counter({
      name: 'bazar_invariant_violations_total',
      help: 'Violations that audits have found; the same one counts again in each audit',
      labelNames: ['service', 'invariant'],
      registers,
    }),
    lastAudit: new Gauge({
      name: 'bazar_last_audit_timestamp_seconds',
      help: 'When the last audit was complete',
      labelNames: ['service'],
      registers,
    }),
  };
}
