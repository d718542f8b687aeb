import { readFile, stat } from 'node:fs/promises';
import { ConfigError } from '../config.ts';
import { AppError } from '../platform/errors.ts';
import { systemClock } from '../replay/clock.ts';
import { createPoster, type Poster } from '../replay/poster.ts';
import { replay, type Plan } from '../replay/replay.ts';
import { createSender, type Sender } from '../replay/sender.ts';
import { VehicleId } from '../tracking/shapes.ts';
import type { Command } from './command.ts';
import { numberOf, readFlags, urlOf } from './flags.ts';
import { interrupted } from './interrupt.ts';
import {
  createPrinter,
  createProgress,
  createRetryTeller,
  createSkipped,
  say,
  summaryOf,
} from './replay-output.ts';

type Request = { plan: Plan; url: URL; key: string | undefined; isPrinted: boolean };

const text = { type: 'string' } as const;
const yes = { type: 'boolean' } as const;
const flags = {
  file: text,
  vehicle: text,
  url: text,
  key: text,
  'key-file': text,
  speed: text,
  fleet: text,
  times: text,
  loop: yes,
  print: yes,
};
const usage = 'npm run bazar -- replay FILE --vehicle=NAME --key=bzk_…';
/** What is held when somebody stops it is sent, if that does not take longer. */
const sendOnMsMax = 10_000;

/** Plays a recorded track in real time, to a Bazar, to standard output, or both. */
export const run: Command = async (args, environment) => {
  const request = await readRequest(args);
  const { plan, url } = request;
  const stop = interrupted(environment);
  const poster = createPoster(url);
  const sender = senderOf(request, poster, stop);
  const progress = createProgress(sender?.counts);
  const skipped = createSkipped();
  try {
    const { isWhole, isHeard, played } = await playTo(request, { stop, sender, skipped, progress });
    const unsent = (await sender?.finish()) ?? 0;
    progress.end();
    const sent = sender && { sender, unsent };
    // Who has stopped reading does not want to hear more.
    if (sent || isHeard) {
      say(summaryOf({ isWhole, played, skipped: skipped.count() }, sent));
    }
    return endOf(request, sender, unsent);
  } catch (error) {
    progress.end();
    throw error instanceof AppError ? new ConfigError(`${plan.path}: ${error.message}.`) : error;
  } finally {
    await poster.close();
  }
};

/** The exit code. */
function endOf({ url, plan }: Request, sender: Sender | undefined, unsent: number): number {
  if (!sender) return 0;
  const problem = sender.problem();
  const { stored, known, refused } = sender.counts;
  const isInVain = refused > 0 && stored + known === 0;
  if (problem !== undefined) say(`${url.origin} takes no fixes of ${plan.vehicle}: ${problem}`);
  return unsent > 0 || isInVain ? 1 : 0;
}

/** Gives up what it holds only some time after the stop. */
function senderOf({ key }: Request, { post }: Poster, stop: AbortSignal): Sender | undefined {
  if (key === undefined) return undefined;
  const givingUp = new AbortController();
  const begin = () => void setTimeout(() => givingUp.abort(), sendOnMsMax).unref();
  stop.addEventListener('abort', begin, { once: true });
  return createSender({
    post,
    key,
    clock: systemClock(),
    random: Math.random,
    giveUp: givingUp.signal,
    onRetry: createRetryTeller(),
  });
}

type Parts = {
  stop: AbortSignal;
  sender: Sender | undefined;
  skipped: ReturnType<typeof createSkipped>;
  progress: ReturnType<typeof createProgress>;
};

/** Plays until the end, until somebody stops it, or until nobody wants more. */
async function playTo(request: Request, parts: Parts) {
  const { stop, sender, skipped, progress } = parts;
  const ending = new AbortController();
  const signal = AbortSignal.any([stop, ending.signal]);
  let isHeard = true;
  const unheard = () => {
    isHeard = false;
    ending.abort();
  };
  const print = request.isPrinted ? createPrinter(unheard) : undefined;
  let played = 0;
  await replay(request.plan, {
    clock: systemClock(),
    signal,
    async sink({ vehicle, fix, sample, lateMs }) {
      progress.late(lateMs);
      played += 1;
      await print?.({ vehicle, ...sample });
      if (sender && !(await sender.add(vehicle, fix))) ending.abort();
    },
    onProblem: skipped.add,
    onShare: progress.share,
  });
  return { isWhole: !signal.aborted, isHeard, played };
}

async function readRequest(args: readonly string[]): Promise<Request> {
  const { values, isSet, file } = readFlags(args, flags);
  const path = file ?? values['file'];
  if (path === undefined) throw new ConfigError(`Say which file: ${usage}`);
  const fleet = values['fleet'];
  const plan = {
    path,
    fileBytes: await sizeOf(path),
    vehicle: vehicleOf(values['vehicle'], fleet),
    fleet:
      fleet === undefined ? fleet : numberOf('fleet', fleet, { min: 1, max: 1_000, isWhole: true }),
    isLoop: isSet('loop'),
    speed: numberOf('speed', values['speed'] ?? '1', { min: 0.01, max: 10_000 }),
    times: timesOf(values['times']),
  };
  const key = await keyOf(values['key'], values['key-file']);
  const isPrinted = isSet('print');
  if (key === undefined && !isPrinted) {
    throw new ConfigError(
      'Say where to: --key=bzk_… or --key-file=PATH sends it to a Bazar, --print prints it.',
    );
  }
  return { plan, url: urlOf(values['url']), key, isPrinted };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`${path} cannot be read: ${error.code ?? error.message}.`);
  });
  if (found.isDirectory()) throw new ConfigError(`${path} is a directory, not a track.`);
  return found.size;
}

/** The last number of a fleet belongs to the name. */
function vehicleOf(name: string | undefined, fleet = ''): string {
  if (!name) throw new ConfigError(`Say which vehicle: ${usage}`);
  const { pattern = '' } = VehicleId as { pattern?: string };
  const longest = fleet === '' ? name : `${name}-${fleet}`;
  if (new RegExp(pattern).test(longest)) return name;
  throw new ConfigError('--vehicle has letters, digits, `.`, `_` and `-`, at most 64 of them.');
}

function timesOf(times = 'now'): 'now' | 'file' {
  if (times === 'now' || times === 'file') return times;
  throw new ConfigError('--times is `now` or `file`.');
}

async function keyOf(key: string | undefined, path: string | undefined) {
  if (path === undefined) return key || undefined;
  if (key !== undefined) throw new ConfigError('Say either --key or --key-file, not both.');
  const written = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`${path} cannot be read: ${error.code ?? error.message}.`);
  });
  if (/^\S+$/.test(written.trim())) return written.trim();
  throw new ConfigError(`${path} holds no key.`);
}
