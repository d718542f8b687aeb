// Builds the image, brings both compose files up, hurts what runs while customers shop, and says what
// they noticed. Run by try-containers.sh, which sees to Docker, base images, ports and folders.
import { parseArgs } from 'node:util';
import { docker, openProject, type Project } from './docker.ts';
import { tryServices } from './services.ts';
import { trySingle } from './single.ts';

const options = {
  name: { type: 'string', default: 'bazar-try' },
  port: { type: 'string', default: '8080' },
  folder: { type: 'string', default: '.' },
} as const;
const lineCharactersMax = 300;
const image = 'bazar:0.1.0';
const say = (...lines: string[]) => void process.stdout.write(`${lines.join('\n')}\n`);
const left = [
  'Not to be had without an image registry, so not run here: the profile observe (Prometheus,',
  'Alertmanager, Grafana, Jaeger, Loki, Fluent Bit, cAdvisor, the exporters). Where base images were',
  'missing, stand-ins of the same names ran instead: PostgreSQL 15, Redis 7.0 and NGINX 1.22 of',
  "Debian, and npm's own Node 26.",
];

const inMb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

async function sizeOf(name: string): Promise<number> {
  return Number(await docker('image', 'inspect', '--format', '{{.Size}}', name));
}

async function build(): Promise<string> {
  const startedMs = performance.now();
  await docker('build', '--tag', image, '.');
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  const [all, base] = await Promise.all([sizeOf(image), sizeOf('node:26-bookworm-slim')]);
  return `${image} has ${inMb(all)}, ${inMb(all - base)} of them ours; built in ${seconds} s`;
}

/** Enough to see who complains, and of what. */
async function lastWords({ compose }: Project): Promise<string> {
  const said = await compose('logs', '--no-color', '--tail', '5').catch(() => '');
  const lines = said.split('\n').map((line) => line.slice(0, lineCharactersMax));
  return lines.join('\n');
}

async function main(): Promise<number> {
  const { name, port, folder } = parseArgs({ options }).values;
  const single = openProject(`${name}-single`, 'compose.yaml');
  const several = openProject(name, 'deploy/compose.services.yaml');
  const complaints: string[] = [];
  const trial = { url: `http://127.0.0.1:${port}`, folder, complaints, say };
  try {
    await Promise.all([single, several].map(({ compose }) => compose('config', '--quiet')));
    say('== The image', await build());
    await trySingle({ ...trial, project: single });
    await tryServices({ ...trial, project: several });
  } catch (error) {
    complaints.push(String((error as Error).stack));
    say(await lastWords(several));
  } finally {
    await Promise.all([single.remove(), several.remove()]);
  }
  say('', ...left, '', ...(complaints.length > 0 ? complaints : ['All is well.']));
  return complaints.length > 0 ? 1 : 0;
}

process.exitCode = await main();
