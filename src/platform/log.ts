import { pino, type Logger } from 'pino';

export type Log = Logger;

/** JSON lines on standard output; what must not be read there is cut out here, once for all. */
export function createLog({ level, name }: { level: string; name: string }): Log {
  return pino({
    level,
    base: { service: name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['password', 'token', 'key', 'authorization', '*.password', '*.token', '*.key'],
      censor: '[redacted]',
    },
  });
}
