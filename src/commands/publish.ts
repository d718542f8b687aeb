import { ConfigError } from '../config.ts';
import { systemClock } from '../replay/clock.ts';
import { publish } from '../replay/publisher.ts';
import type { Command } from './command.ts';
import { portOf, readFlags } from './flags.ts';
import { interrupted } from './interrupt.ts';

const text = { type: 'string' } as const;
const unitMs = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);
const everyMsMin = 1;
const everyMsMax = 86_400_000;
const namePattern = /^[^\p{C}]{1,100}$/u;

/** Greets a listener every so often, over one connection, for as long as it runs. */
export const run: Command = async (args, environment) => {
  const { values } = readFlags(args, { name: text, every: text, host: text, port: text });
  const { name, host = '127.0.0.1' } = values;
  if (name === undefined || !namePattern.test(name)) {
    throw new ConfigError('Say who: npm run bazar -- publish --name=Publisher1');
  }
  const port = portOf(values['port'], 1);
  let isTold = false;
  await publish({
    host,
    port,
    everyMs: durationMs(values['every']),
    text: () => `Hello from ${name}! ${new Date().toISOString()}`,
    clock: systemClock(),
    random: Math.random,
    signal: interrupted(environment),
    onConnected() {
      isTold = false;
      say(`connected to ${host}:${port}`);
    },
    onProblem(why) {
      if (!isTold) say(`${host}:${port} cannot be reached (${why}); trying again`);
      isTold = true;
    },
  });
  return 0;
};

/** `500ms`, `1s`, `2m`; a number alone is in seconds. */
function durationMs(duration = '1s'): number {
  const [, number = '', unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(duration) ?? [];
  const ms = Number(number) * (unitMs.get(unit) ?? 0);
  if (ms >= everyMsMin && ms <= everyMsMax) return ms;
  throw new ConfigError('--every is a time such as 1s, 500ms or 2m, from 1ms to 24h.');
}

function say(sentence: string): void {
  process.stderr.write(`bazar: ${sentence}\n`);
}
