import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { screaming } from '../src/platform/names.ts';
import { settingSchemas } from '../src/settings.ts';
import { readVersion } from '../src/version.ts';

type Service = {
  image: string;
  environment?: Record<string, string>;
  secrets?: string[];
  volumes?: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { disable?: true; test?: string[] };
  read_only?: true;
  cap_drop?: string[];
  security_opt?: string[];
  stop_grace_period?: string;
  restart?: string;
  deploy?: { replicas?: number; resources?: { limits?: Record<string, string> } };
  logging?: { options?: Record<string, string> };
};
type Compose = {
  include?: string[];
  services: Record<string, Service>;
  networks: Record<string, { internal?: true } | null>;
  volumes: Record<string, unknown>;
  secrets?: Record<string, { file: string }>;
};

const deploy = import.meta.dirname;
const read = (path: string): Compose =>
  parse(readFileSync(join(deploy, path), 'utf8'), { merge: true }) as Compose;
const single = read('../compose.yaml');
const several = read('compose.services.yaml');
const all = [...Object.entries(single.services), ...Object.entries(several.services)];
const own = all.filter(([, { image }]) => image.includes('bazar:'));
const dockerfile = readFileSync(join(deploy, '../Dockerfile'), 'utf8');

const variables = new Set(
  settingSchemas.flatMap(([name, { secret }]) =>
    secret ? [screaming(name), `${screaming(name)}_FILE`] : [screaming(name)],
  ),
);
/** After DRAIN_MS the lifecycle closes one thing after the other, most of them at once. */
const closeMsMax = 10_000;

const defaultOf = (wanted: string) => settingSchemas.find(([name]) => name === wanted)?.[1].default;

const milliseconds = (text = '0s'): number => Number(/^(\d+)s$/.exec(text)?.[1]) * 1_000;

test('sets nothing that is no setting, and reads no secret that a service does not have', () => {
  for (const [name, { environment = {}, secrets = [] }] of own) {
    const unknown = Object.keys(environment).filter((variable) => !variables.has(variable));
    assert.deepEqual(unknown, [], name);
    const files = Object.values(environment).flatMap(
      (value) => /^\/run\/secrets\/(.+)$/.exec(value)?.[1] ?? [],
    );
    assert.deepEqual(files.toSorted(), secrets.toSorted(), name);
  }
});

test('declares every secret, and make-secrets makes it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bazar-secrets-'));
  after(() => rm(folder, { recursive: true, force: true }));
  const script = join(deploy, 'make-secrets.ts');
  await promisify(execFile)(process.execPath, [script, `--out=${folder}`]);
  const made = new Set(await readdir(folder));

  const declared = Object.entries(several.secrets ?? {});
  const included = (several.include ?? []).flatMap((path) => Object.keys(read(path).secrets ?? {}));
  const names = [...declared.map(([name]) => name), ...included];
  const wanted = Object.values(several.services).flatMap(({ secrets = [] }) => secrets);
  assert.deepEqual(
    wanted.filter((name) => !names.includes(name)),
    [],
  );
  for (const [name, { file }] of declared) assert.equal(file, `\${SECRETS:-./secrets}/${name}`);
  assert.deepEqual(
    names.filter((name) => !made.has(name)),
    [],
  );
});

test('limits every container, and lets it write nowhere that is not said', () => {
  for (const [name, service] of all) {
    const { cpus, memory, pids } = service.deploy?.resources?.limits ?? {};
    assert.ok(cpus && memory && pids, `${name} has no limits`);
    assert.equal(service.read_only, true, name);
    assert.deepEqual(service.cap_drop, ['ALL'], name);
    assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
    assert.ok(service.logging?.options?.['max-size'], `${name} fills the disk with logs`);
    assert.match(service.restart ?? '', /^(unless-stopped|no)$/, name);
  }
});

test('knows of every container whether it is well, and waits for that', () => {
  assert.match(dockerfile, /^HEALTHCHECK .*CMD \["node", /m);
  for (const [name, { image, healthcheck }] of all) {
    assert.ok(healthcheck ?? image.includes('bazar:'), `${name} is never asked how it is`);
  }
  for (const { services } of [single, several]) {
    for (const [name, { depends_on: needs = {} }] of Object.entries(services)) {
      for (const [needed, { condition }] of Object.entries(needs)) {
        const once = needed === 'migrate';
        assert.ok(services[needed], `${name} waits for ${needed}, which is not there`);
        assert.equal(condition, once ? 'service_completed_successfully' : 'service_healthy');
      }
    }
  }
});

test('runs two of each service, which have the time to stop in order', () => {
  for (const name of ['gateway', 'users', 'catalog', 'orders', 'tracking']) {
    const service = several.services[name] as Service;
    const drainMs = Number(service.environment?.['DRAIN_MS']);
    assert.equal(service.deploy?.replicas, 2, name);
    assert.ok(drainMs > 1_000, 'a name is looked up every second');
    assert.ok(milliseconds(service.stop_grace_period) > drainMs + closeMsMax, name);
    const url = service.environment?.[`${name.toUpperCase()}_URL`];
    if (name !== 'gateway') assert.equal(url, `http://${name}:${defaultOf('internalPort')}`);
  }
});

test('opens ports on this machine only, and the back network to nobody', () => {
  for (const [name, { ports = [] }] of all) {
    for (const port of ports) assert.match(port, /^(127\.0\.0\.1|\$\{BIND:-127\.0\.0\.1\}):/, name);
  }
  assert.equal(single.networks['back']?.internal, true);
  assert.equal(several.networks['back']?.internal, true);
});

test('names images with a version, and files that are there', () => {
  for (const [name, { image, volumes = [] }] of all) {
    assert.match(image, /:(?!latest)[\w.-]*\d[\w.-]*\}?$/, name);
    const sources = volumes.map((volume) => volume.split(':')[0] ?? '');
    const missing = sources.filter(
      (path) => path.startsWith('.') && !existsSync(join(deploy, path)),
    );
    assert.deepEqual(missing, [], name);
  }
  for (const path of several.include ?? []) assert.ok(existsSync(join(deploy, path)), path);
  for (const [name, { image }] of own) assert.ok(image.includes(`bazar:${readVersion()}`), name);
});

test('builds with any builder, for a user without rights, and compiles for the flags it starts with', () => {
  assert.doesNotMatch(dockerfile, /^# *syntax|<<|--link|--mount/m);
  assert.match(
    dockerfile,
    new RegExp(`^ARG VERSION=${readVersion().replaceAll('.', '\\.')}$`, 'm'),
  );
  const [, ...final] = dockerfile.split(/^FROM /m).slice(1);
  assert.match(final.join(''), /^USER 10001:10001$/m);
  const open = ['port', 'internalPort', 'metricsPort'].map(defaultOf);
  assert.match(dockerfile, new RegExp(`^EXPOSE ${open.join(' ')}$`, 'm'));
  const flagsOf = (line: RegExp) => line.exec(dockerfile)?.[1];
  const started = flagsOf(/^ENTRYPOINT \["node", (.*), "src\/start.js"\]$/m);
  assert.ok(started);
  assert.equal(started, flagsOf(/^RUN \["node", (.*), "src\/main.ts", "warm"\]$/m));
});
