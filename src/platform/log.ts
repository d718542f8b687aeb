import { pino, type Logger } from 'pino';

export type Log = Logger;

/** JSON lines on standard output; what must not be read there is cut out here, once for all. */
export function createLog({ level, name }: { level: string; name: string }): Log {
  const options = {
    level,
    base: { service: name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: ['password', 'token', 'key', 'authorization', '*.password', '*.token', '*.key'],
      censor: '[redacted]',
    },
  };
  // Written at once: a line that waits would, when nobody reads any more, be tried for ever at exit.
  return pino(options, pino.destination({ fd: 1, sync: true }));
}
