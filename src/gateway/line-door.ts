import { AppError } from '../platform/errors.ts';
import { parseJson } from '../platform/json.ts';
import { openLineServer, type LineServer, type SentLine } from '../platform/lines.ts';

export type LineReport = { vehicleId: string; key: string; fix: object; peer: string };

type Options = {
  host: string;
  port: number;
  /** Takes each line as it comes, ready for a terminal. */
  print: (line: string) => void | Promise<void>;
  report: (report: LineReport) => Promise<void>;
  log: { warn: (details: object, text: string) => void };
  now?: () => number;
};

const warnEveryMs = 60_000;
const masked = '***';
const idCharsMax = 64;
const keyCharsMax = 200;
const keyPattern = /bzk_[\w.-]+/g;
const keyMemberPattern = /("key"\s*:\s*)"(?:[^"\\]|\\.)*"?/g;
/**
 * What makes a terminal do something: control characters, the start of every escape sequence among
 * them, and those that turn the direction of what follows.
 */
const activePattern = /(?!\t)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * A TCP port for senders of the simplest kind: every line is printed, and one that is JSON with
 * `vehicle`, `key` and `fix` is reported as well. It answers nothing, whatever comes.
 */
export function openLineDoor(options: Options): Promise<LineServer> {
  const { host, port, print, report } = options;
  const warn = createWarner(options);

  async function onLine({ line, isCut, peer }: SentLine): Promise<void> {
    const message = isCut ? undefined : messageOf(line);
    await print(printable(line, message));
    if (isCut) return warn('a line was longer than 64 KiB, and its end is left out', { peer });
    if (!message || !isReport(message)) return;
    const { vehicle, key, fix } = message;
    if (!isText(vehicle, idCharsMax) || !isText(key, keyCharsMax) || !isObject(fix)) {
      return warn('a fix came without its vehicle or key, or is none', { peer });
    }
    try {
      await report({ vehicleId: vehicle, key, fix, peer });
    } catch (error) {
      warn('a fix that came as a line could not be stored', { peer, vehicle, ...told(error) });
    }
  }
  return openLineServer({ host, port, onLine });
}

/** As it came, without the key and harmless to a terminal. */
function printable(line: string, message: object | undefined): string {
  // However the key is written in the line: said again, it is not in there.
  const isKeyed = message && Object.hasOwn(message, 'key');
  const text = isKeyed ? JSON.stringify({ ...message, key: masked }) : line;
  return text
    .replaceAll(keyMemberPattern, `$1"${masked}"`)
    .replaceAll(keyPattern, `bzk_${masked}`)
    .replaceAll(activePattern, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function messageOf(line: string): Record<string, unknown> | undefined {
  if (!/^\s*\{/.test(line)) return undefined;
  try {
    const message = parseJson(Buffer.from(line));
    return isObject(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Other JSON is just a line. */
function isReport(message: object): message is { vehicle?: unknown; key?: unknown; fix?: unknown } {
  return Object.hasOwn(message, 'fix');
}

function isText(value: unknown, charsMax: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= charsMax;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function told(error: unknown): object {
  return error instanceof AppError ? { code: error.code, why: error.message } : { err: error };
}

/** Of each kind of trouble once a minute: a flood of junk must not become a flood of logs. */
function createWarner({ log, now = () => performance.now() }: Options) {
  const kinds = new Map<string, { atMs: number; unsaid: number }>();
  return (text: string, details: object): void => {
    const kind = kinds.get(text);
    if (kind && now() - kind.atMs < warnEveryMs) {
      kind.unsaid += 1;
      return;
    }
    const more = kind && kind.unsaid > 0 && { unsaid: kind.unsaid };
    kinds.set(text, { atMs: now(), unsaid: 0 });
    log.warn({ ...details, ...more }, text);
  };
}
