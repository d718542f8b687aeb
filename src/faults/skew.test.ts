import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const skew = join(import.meta.dirname, 'skew.ts');
const script = `
  const [now, made] = [Date.now(), new Date()];
  console.log(JSON.stringify([now, made.getTime(), new Date(5).getTime(), Date.UTC(1970, 0, 1),
    made instanceof Date, Object.prototype.toString.call(made), performance.timeOrigin]));`;

test('the clock of a process is ahead or back, and what it makes are dates all the same', async () => {
  for (const ms of [3_600_000, -20_000]) {
    const args = ['--import', `file://${skew}?ms=${ms}`, '-e', script];
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const [now, made, fixed, utc, isDate, name, startedMs] = JSON.parse(stdout) as number[];
    for (const time of [now, made]) {
      const aheadMs = Number(time) - Number(startedMs);
      assert.ok(aheadMs >= ms && aheadMs < ms + 10_000, `${aheadMs}`);
    }
    assert.deepEqual([fixed, utc, isDate, name], [5, 0, true, '[object Date]']);
  }
});
