import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCampaign } from '../src/faults/campaign.ts';
import { linesOf } from '../src/faults/report.ts';

const onUnix = process.platform === 'win32' ? { skip: 'needs signals' } : {};
const options = { timeout: 120_000, ...onUnix };

/** Runs with a mistake in the code until that is found; it must cost a confirmed order its stock. */
async function expectCaught(mutant: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bazar-faults-'));
  const report = await runCampaign({ seed: 1, seconds: 60, folder, mutant });
  const caught = report.violations.map(({ checker }) => checker);
  // By whom is a matter of moments: by the books of the campaign, or by an audit of Bazar's own.
  assert.ok(
    caught.some((checker) => checker === 'X1' || checker === 'audit X1'),
    linesOf(report).join('\n'),
  );
  await rm(folder, { recursive: true });
}

test('it is found out when a verdict of absence is not written down', options, () =>
  expectCaught('noTombstone'),
);

test('it is found out when stock is given back by time alone', options, () =>
  expectCaught('timeAlone'),
);
