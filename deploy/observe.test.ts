import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';

type Service = {
  image: string;
  profiles: string[];
  read_only: boolean;
  security_opt: string[];
  logging: { driver: string };
  deploy: { resources: { limits: { cpus: string; memory: string; pids: number } } };
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  networks: string[];
  secrets?: string[];
  healthcheck?: { test: string[] };
};
type Compose = {
  services: Record<string, Service>;
  volumes: Record<string, object>;
  secrets: Record<string, object>;
};

const read = (file: string): unknown =>
  parse(readFileSync(join(import.meta.dirname, file), 'utf8'), { merge: true });

const { services, volumes, secrets } = read('compose.observe.yaml') as Compose;
const shop = read('compose.services.yaml') as Compose & { include: string[] };
const all = Object.entries(services);

/** A file of the project, a volume, or something of the machine itself. */
function isThere(mount: string): boolean {
  const [source = ''] = mount.split(':');
  if (source.startsWith('./')) return existsSync(join(import.meta.dirname, source));
  return source in volumes || /^(\/|\$\{DOCKER_DATA)/.test(source);
}

describe('the services that watch', () => {
  test('come with the shop, and only when they are asked for', () => {
    assert.deepEqual(shop.include, ['compose.observe.yaml']);
    for (const [name, { profiles }] of all) assert.deepEqual(profiles, ['observe'], name);
  });

  test('are of one version each, for ever', () => {
    for (const [name, { image }] of all) assert.match(image, /:v?\d+\.\d+\.\d+(-alpine)?$/, name);
  });

  test('have limits, write nowhere but where they should, and gain no rights', () => {
    for (const [name, service] of all) {
      const { cpus, memory, pids } = service.deploy.resources.limits;
      assert.ok(Number(cpus) > 0 && /^\d+[MG]$/.test(memory) && pids > 0, name);
      assert.ok(service.read_only, name);
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
    }
  });

  test('say whether they are well, where their image has the means', () => {
    const silent = all.flatMap(([name, { healthcheck }]) => (healthcheck ? [] : name));
    // One has neither shell nor client; the other brings a check of its own.
    assert.deepEqual(silent, ['fluent-bit', 'cadvisor']);
  });

  test('are seen from this machine only, and three of them at all', () => {
    const published = all.filter(([, { ports }]) => ports);
    assert.deepEqual(
      published.map(([name]) => name),
      ['prometheus', 'grafana', 'jaeger'],
    );
    for (const [name, { ports = [] }] of published) {
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, name);
    }
  });

  test('want a password where one can change something, from a file', () => {
    const { environment = {}, secrets: used } = services['grafana'] ?? {};
    assert.equal(environment['GF_AUTH_ANONYMOUS_ENABLED'], 'false');
    assert.equal(environment['GF_SECURITY_ADMIN_PASSWORD__FILE'], '/run/secrets/grafana-password');
    assert.deepEqual(used, ['grafana-password']);
  });

  test('do not have their own lines shipped, of which each would make another', () => {
    for (const [name, { logging }] of all) assert.equal(logging.driver, 'local', name);
  });

  test('find every file, volume and secret that they name', () => {
    const known = { ...secrets, ...shop.secrets };
    const makers = readFileSync(join(import.meta.dirname, 'make-secrets.ts'), 'utf8');
    for (const [name, service] of all) {
      for (const mount of service.volumes ?? []) assert.ok(isThere(mount), `${name}: ${mount}`);
      for (const secret of service.secrets ?? []) {
        assert.ok(secret in known && makers.includes(`'${secret}'`), `${name}: ${secret}`);
      }
    }
  });
});

describe('what the services that watch are told', () => {
  test('the shipper knows whose line it is, because Docker writes it down', () => {
    for (const name of ['nginx', 'gateway', 'orders', 'postgres', 'redis']) {
      const { logging } = shop.services[name] as unknown as { logging: unknown };
      assert.deepEqual(logging, {
        driver: 'json-file',
        options: {
          ...{ 'max-size': '10m', 'max-file': '3' },
          ...{ labels: 'com.docker.compose.service', tag: '{{.Name}}' },
        },
      });
    }
  });

  test('logs are kept for a while, and the newest traces only', () => {
    type Loki = {
      limits_config: { retention_period: string };
      compactor: { retention_enabled: boolean };
    };
    const loki = read('loki/loki.yaml') as Loki;
    assert.match(loki.limits_config.retention_period, /^\d+h$/);
    assert.ok(loki.compactor.retention_enabled);
    type Jaeger = {
      receivers: { otlp: { protocols: { http: { endpoint: string } } } };
      extensions: { jaeger_storage: { backends: { newest: { memory: { max_traces: number } } } } };
    };
    const jaeger = read('jaeger/jaeger.yaml') as Jaeger;
    assert.equal(jaeger.receivers.otlp.protocols.http.endpoint, '0.0.0.0:4318');
    assert.ok(jaeger.extensions.jaeger_storage.backends.newest.memory.max_traces <= 100_000);
  });

  test('Grafana asks services that are there', () => {
    type Provisioned = { datasources: { url: string }[] };
    const { datasources } = read('grafana/provisioning/datasources/bazar.yaml') as Provisioned;
    for (const { url } of datasources) {
      const service = services[new URL(url).hostname];
      assert.ok(service?.networks.includes('observe'), url);
    }
  });
});
