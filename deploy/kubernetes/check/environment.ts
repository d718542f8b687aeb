import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig, type Config } from '../../../src/config.ts';
import { screaming } from '../../../src/platform/names.ts';
import { refuseDemoSettings } from '../../../src/production.ts';
import { settingSchemas } from '../../../src/settings.ts';
import {
  ofKind,
  type Cluster,
  type Container,
  type Manifest,
  type Volume,
  type Workload,
} from './manifest.ts';

/** The secrets that would be there, by name and key. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;
type Values = Record<string, string>;

/** A pod of ours, and what a process in it would be told. */
export type Told = {
  workload: Workload;
  container: Container;
  environment: Readonly<Values>;
  /** The files that secrets become, with what is in them. */
  files: Readonly<Record<string, string | undefined>>;
  /** The settings that it would have, or what it would say instead. */
  config: Config | Error;
  /** And not a command that is over soon. */
  isServing: boolean;
};

const root = join(import.meta.dirname, '..', '..', '..');

export const settingNames: ReadonlySet<string> = new Set(
  settingSchemas.map(([name]) => screaming(name)),
);

/** What `ENV` of the Dockerfile says of settings. */
const imageEnvironment: Readonly<Values> = Object.fromEntries(
  [...readFileSync(join(root, 'Dockerfile'), 'utf8').matchAll(/^ENV (.*)$/gm)]
    .flatMap(([, line = '']) => line.split(' ').map((pair) => pair.split('=')))
    .filter(([name = '']) => settingNames.has(name)),
);

/** Says what every pod that runs our image would be told; the same settings are read only once. */
export function settingsReader(secrets: Secrets): (cluster: Cluster) => Told[] {
  const configs = new Map<string, Told['config']>();
  return (cluster) =>
    cluster.workloads.flatMap((workload) => {
      const container = workload.pod.containers.find(({ name }) => name === 'bazar');
      if (!container) return [];
      const environment = environmentOf(cluster, container);
      const files = filesOf({ workload, container, secrets });
      const key = JSON.stringify([environment, files]);
      const config = configs.get(key) ?? configOf(environment, files);
      configs.set(key, config);
      const isServing = container.args?.[0] === 'serve';
      return [{ workload, container, environment, files, config, isServing }];
    });
}

function configOf(environment: Told['environment'], files: Told['files']): Config | Error {
  const given = Object.entries({ ...imageEnvironment, ...environment });
  const values = given.map(([name, value]) =>
    name.endsWith('_FILE') ? [name.replace(/_FILE$/, ''), files[value]] : [name, value],
  );
  try {
    const config = readConfig([], Object.fromEntries(values) as Values);
    refuseDemoSettings(config);
    return config;
  } catch (error) {
    return error as Error;
  }
}

function environmentOf(cluster: Cluster, container: Container): Values {
  const maps = ofKind(cluster, 'ConfigMap') as (Manifest & { data: Values })[];
  const named = new Set(container.envFrom?.map(({ configMapRef }) => configMapRef?.name));
  const shared = maps.filter(({ metadata }) => named.has(metadata.name));
  const own = (container.env ?? []).map(({ name, value = '' }) => [name, value]);
  return Object.assign({}, ...shared.map(({ data }) => data), Object.fromEntries(own)) as Values;
}

type Place = { workload: Workload; container: Container; secrets: Secrets };

function filesOf({ workload, container, secrets }: Place): Told['files'] {
  const files = (container.volumeMounts ?? []).flatMap(({ name, mountPath }) => {
    const volumes = (workload.pod.volumes ?? []).filter((volume) => volume.name === name);
    return volumes.flatMap(sourcesOf).flatMap(({ secret, items }) => {
      const values = secrets[secret] ?? {};
      const all = Object.keys(values).map((key) => ({ key, path: key }));
      return (items ?? all).map(({ key, path }) => [`${mountPath}/${path}`, values[key]]);
    });
  });
  return Object.fromEntries(files) as Told['files'];
}

function sourcesOf({ secret, projected }: Volume) {
  const plain = secret ? [{ secret: secret.secretName, items: secret.items }] : [];
  const joined = (projected?.sources ?? []).flatMap((source) =>
    source.secret ? [{ secret: source.secret.name, items: source.secret.items }] : [],
  );
  return [...plain, ...joined];
}
