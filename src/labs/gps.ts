import { numberOf } from '../commands/flags.ts';
import { ConfigError } from '../config.ts';
import { buildConsole } from '../console-build.ts';
import { openLineDoor } from '../gateway/line-door.ts';
import { AppError } from '../platform/errors.ts';
import { openApi, openState } from './gps-api.ts';
import { openPolling, openPushing } from './gps-dashboards.ts';
import { createHistory } from './gps-history.ts';
import { createPush } from './gps-push.ts';
import { detailOf } from './gps-query.ts';
import { openReplay, readRows } from './gps-replay.ts';
import { refuseAs } from './doors.ts';
import type { Lab, LabParts } from './lab.ts';

const vehicle = 'lab-gps';
/** A page that opens begins with what was in this time, as the track counts it. */
const historyMs = 600_000;

/** S4: a track replayed in real time, with its state, its average speed, two dashboards. */
export const lab: Lab = {
  summary: 'a GPS replayer: state and average speed on 8000, dashboards on 8501 and 8502',
  flags: {
    csv: 'A file to replay instead of the sample track.',
    speed: 'How many times as fast as it was, from 0.01 to 100.',
    multi: 'So many vehicles side by side, each sample printed.',
    once: 'Replay once, and not again and again.',
    redis: 'redis://… that gets each sample, under the key and on the channel `gps_state`.',
  },

  async start(parts) {
    const { flags, log, lifecycle, services, say } = parts;
    const speed = numberOf('speed', flags['speed'] ?? '1', { min: 0.01, max: 100 });
    const [rows] = await Promise.all([readRows(flags['csv'], log), buildConsole(log)]);
    const redis = await openRedis(parts);
    const history = createHistory({ ...parts, vehicle });
    const push = createPush({ history, log });
    const vehicles = vehiclesOf(flags['multi']);
    await services.tracking.setVehicle({ id: vehicle, name: 'GPS lab' }, await parts.asStaff());
    const replay = openReplay({
      vehicles,
      rows,
      speed,
      isLoop: flags['once'] === undefined,
      log,
      store: async ({ vehicle: id, fix }) =>
        services.tracking.addFixes({ id, fixes: [fix] }, await parts.asStaff()),
      onStored({ vehicle: id, sample }) {
        if (flags['multi'] !== undefined) say(JSON.stringify({ vehicle: id, ...sample }));
        if (id !== vehicle) return;
        redis?.tell(sample);
        push.poke();
      },
      onEnd: () => say('the replay is over'),
    });
    lifecycle.opened('replay', replay.close);
    await openListener(parts);
    const withHistory = { ...parts, vehicle, history };
    return [
      { name: 'api', port: 8000, open: (app) => openApi(app, withHistory) },
      {
        name: 'polling',
        port: 8501,
        open(app) {
          openState(app, withHistory);
          openPolling(app, history);
        },
      },
      {
        name: 'push',
        port: 8502,
        open(app) {
          refuseAs(app, detailOf, log);
          openPushing(app, { ...parts, push, historyMs: historyMs / speed });
        },
      },
    ];
  },
};

function vehiclesOf(multi: string | undefined): string[] {
  const count = numberOf('multi', multi ?? '1', { min: 1, max: 100, isWhole: true });
  return Array.from({ length: count }, (_, i) => (i === 0 ? vehicle : `${vehicle}-${i + 1}`));
}

async function openRedis({ flags, log, lifecycle }: LabParts) {
  const { redis: url } = flags;
  if (url === undefined) return undefined;
  if (!/^rediss?:/.test(url) || !URL.canParse(url)) {
    throw new ConfigError('--redis is like redis://127.0.0.1:6379.');
  }
  // Whoever needs no Redis need not carry its client.
  const { openGpsRedis } = await import('./gps-redis.ts');
  const redis = openGpsRedis({ url, log });
  lifecycle.opened('Redis of the lab', redis.close);
  return redis;
}

/** Prints whatever comes, from as many as connect. */
async function openListener({ host, portOffset, say, log, lifecycle }: LabParts): Promise<void> {
  const port = 12_345 + portOffset;
  const door = await openLineDoor({ host, port, print: say, report: refuse, log });
  lifecycle.opened('listener', door.close);
  say(`listener    ${door.host}:${door.port}`);
}

/** A fix needs a key to be believed, and nobody has one here. */
async function refuse(): Promise<void> {
  throw new AppError('forbidden', 'The listener of the lab only prints');
}
