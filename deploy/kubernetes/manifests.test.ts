import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { readVersion } from '../../src/version.ts';
import { openCheck } from './check/check.ts';
import { readManifests, titleOf } from './check/manifest.ts';
import { finder, mistakes } from './check/testing-mistakes.ts';
import { rulesPath, rulesText } from './rules.ts';
import { makeSecrets } from './secrets.ts';

const run = promisify(execFile);
const here = import.meta.dirname;
const skip = await run('kubectl', ['version', '--client']).then(
  () => false,
  () => 'kubectl is not installed',
);
const components = ['monitoring', 'tracing', 'hpa-queue'];
const overlays = ['.', 'overlays/demo', 'overlays/production'];
/** What can be applied: base and overlays as they are, each component, and all of them together. */
const made = [
  ...overlays.map((base) => ({ base, parts: [] as string[] })),
  ...overlays.slice(1).map((base) => ({ base, parts: components })),
  ...components.map((one) => ({ base: '.', parts: [one] })),
];

const secrets = Object.fromEntries(
  (await makeSecrets('demo')).map(({ metadata, stringData }) => [metadata.name, stringData]),
);

const { flawsIn, flawsOf } = openCheck(secrets);

describe('Kubernetes', { skip }, () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bazar-kustomize-'));
  });
  after(() => rm(directory, { recursive: true }));

  /** What kubectl makes of a base with components on top, as somebody's own overlay would have it. */
  async function build({ base, parts }: (typeof made)[number]): Promise<string> {
    const path = (name: string) => relative(directory, join(here, name));
    const kustomization = {
      resources: [path(base)],
      components: parts.map((name) => path(`components/${name}`)),
    };
    await writeFile(join(directory, 'kustomization.yaml'), JSON.stringify(kustomization));
    const source = parts.length > 0 ? directory : join(here, base);
    const { stdout } = await run('kubectl', ['kustomize', source], { maxBuffer: 8 * 1024 * 1024 });
    return stdout;
  }

  for (const one of made) {
    const title = [one.base, ...one.parts].join(' with ').replace(/^\./, 'the base');
    test(`would take ${title}, and it fits together`, async () => {
      const manifests = readManifests(await build(one));

      assert.ok(manifests.length > 30, `only ${manifests.length} objects`);
      assert.deepEqual(await flawsOf(manifests), []);
    });
  }

  describe('is asked about a mistake', () => {
    let text = '';
    before(async () => {
      text = await build({ base: 'overlays/demo', parts: [] });
    });

    for (const part of Object.keys(mistakes) as (keyof typeof mistakes)[]) {
      for (const { title, make, said } of mistakes[part]) {
        test(`and hears of ${title}`, async () => {
          const manifests = readManifests(text);
          make(finder(manifests));
          // Through JSON, or what was taken away would still be there, as undefined.
          const spoiled = JSON.parse(JSON.stringify(manifests)) as typeof manifests;

          const flaws = await flawsIn(part, spoiled);

          const isSaid = flaws.some((flaw) => said.test(flaw));
          assert.ok(isSaid, `it said ${JSON.stringify(flaws)}`);
        });
      }
    }

    test('and hears of a key that is there twice', () => {
      const twice = text.replace('  selector:\n', '  selector: {}\n  selector:\n');
      assert.throws(() => readManifests(twice), /Map keys must be unique/);
    });
  });
});

test('the rules for the Prometheus Operator are those of deploy/prometheus', async () => {
  const committed: unknown = parse(await readFile(rulesPath, 'utf8'));
  assert.deepEqual(
    committed,
    parse(await rulesText()),
    'they are out of date: run `node deploy/kubernetes/rules.ts`',
  );
});

test('the Job that migrates is named after this version, since it cannot be changed', async () => {
  const jobs = readManifests(await readFile(join(here, 'base', 'migrate.yaml'), 'utf8'));
  const name = `Job migrate-${readVersion().replaceAll('.', '-')}`;
  assert.deepEqual(jobs.map(titleOf), ['ServiceAccount migrate', name]);
});
