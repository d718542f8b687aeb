import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCampaign } from '../src/faults/campaign.ts';
import { lacks, linesOf } from '../src/faults/report.ts';

const onUnix = process.platform === 'win32' ? { skip: 'needs signals' } : {};

test(
  'after 45 seconds of faults nothing was lost, sold twice, or left over',
  { timeout: 170_000, ...onUnix },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bazar-faults-'));
    const report = await runCampaign({ seed: randomInt(1_000_000), seconds: 45, folder });
    const table = `${linesOf(report).join('\n')}\nThe history is in ${folder}`;
    assert.deepEqual(report.violations, [], table);
    assert.deepEqual(lacks(report), [], table);
    await rm(folder, { recursive: true });
  },
);
