import { remote } from '../platform/client.ts';
import { run as serve } from './serve.ts';
import type { Command } from './command.ts';

/** Everything that `serve` imports is compiled by now, and Node keeps it when the process ends. */
export const run: Command = async () =>
  [serve, remote].every((part) => typeof part === 'function') ? 0 : 1;
