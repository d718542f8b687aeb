import { pino, type DestinationStream, type Logger } from 'pino';
import { redact } from './redact.ts';

export type Log = Logger;

type Options = { level: string; name: string };

/** JSON lines on standard output; what must not be read there is cut out here, once for all. */
export function createLog({ level, name }: Options, destination = standardOutput()): Log {
  const options = {
    level,
    base: { service: name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: redact },
  };
  return pino(options, destination);
}

/** Written at once: a line that waits would, when nobody reads any more, be tried for ever at exit. */
function standardOutput(): DestinationStream {
  return pino.destination({ fd: 1, sync: true });
}
