import { chmod, mkdtemp, realpath, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const memoryBytesMin = 2 ** 30;

/**
 * A new folder that others may enter; in memory where there is plenty: a PostgreSQL of one's own is
 * a thousand files, and ext4, which is slow to use the inodes of files just removed again, would
 * double the time of all tests.
 */
export async function roomyFolder(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined);
  const isRoomy = memory && memory.bavail * memory.bsize > memoryBytesMin;
  const folder = await mkdtemp(join(isRoomy ? '/dev/shm' : tmpdir(), 'bazar-test-'));
  await chmod(folder, 0o755);
  return realpath(folder);
}
