import { spawn } from 'node:child_process';

const ofProcess = 'read -r _; kill "-$2" "$1"; kill -CONT "$1"';
/** A PostgreSQL that is told to quit at the same time still wants its files for a moment. */
const ofFolder = 'read -r _; sleep 3; rm -rf "$1"';

/**
 * Ends a process when this one is gone, however it went. The function that comes back takes the
 * guard away.
 */
export function guardProcess(pid: number, signal: 'KILL' | 'QUIT'): () => void {
  return guard(ofProcess, String(pid), signal);
}

/** Removes a folder in the same way. */
export function guardFolder(path: string): () => void {
  return guard(ofFolder, path);
}

/** When this process is gone its end of the pipe is closed, and that ends the reading. */
function guard(script: string, ...args: string[]): () => void {
  const watching = spawn('sh', ['-c', script, 'guard', ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watching.on('error', () => undefined);
  return () => void watching.kill('SIGKILL');
}
