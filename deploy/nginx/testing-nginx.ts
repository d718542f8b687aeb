import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { until } from '../../src/postgres/wait.ts';
import { freePort } from '../../src/testing/free-port.ts';
import { guard } from '../../src/testing/redis.ts';
import { roomyFolder } from '../../src/testing/temp.ts';

const run = promisify(execFile);
const startMsMax = 10_000;

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
const program = folders.map((folder) => join(folder, 'nginx')).find((path) => existsSync(path));
/** Why tests with an NGINX are skipped; `false` when there is one. */
export const nginxIsMissing: string | false =
  program === undefined && 'nginx is not installed: apt-get install nginx-light';

export type Names = { port: number; set: (addresses: readonly string[]) => void };

/** A name server to which every name has these addresses. */
export async function startNames(): Promise<Names> {
  const socket = createSocket('udp4');
  let addresses: readonly string[] = [];
  socket.on('message', (question, { port, address }) =>
    socket.send(answerTo(question, addresses), port, address),
  );
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  after(() => void socket.close());
  return {
    port: socket.address().port,
    set: (next) => {
      addresses = next;
    },
  };
}

/** RFC 1035: the question again, and an A record for each address. */
function answerTo(question: Buffer, addresses: readonly string[]): Buffer {
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  const nameEnd = question.indexOf(0, 12) + 1;
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]),
  );
  return Buffer.concat([head, question.subarray(12, nameEnd + 4), ...records]);
}

type Places = { folder: string; port: number; namesPort: number; gatewayPort: number };

/** The shipped files, with places of this test instead of those of a container. */
async function renderConfig({ folder, port, namesPort, gatewayPort }: Places): Promise<string> {
  await cp(import.meta.dirname, folder, { recursive: true });
  await mkdir(join(folder, 'run'));
  await change(join(folder, 'nginx.conf'), [
    ['resolver 127.0.0.11 ', `resolver 127.0.0.1:${namesPort} `],
    ['listen 8080;', `listen 127.0.0.1:${port};`],
    ['/etc/nginx/bazar/', `${folder}/`],
    ['/etc/nginx/tls/', `${folder}/no-tls/`],
    ['/dev/stdout', `${folder}/run/access.log`],
    [/ \/tmp\//g, ` ${folder}/run/`],
  ]);
  await change(join(folder, 'door.conf'), [['gateway:8080', `gateway.test:${gatewayPort}`]]);
  return join(folder, 'nginx.conf');
}

/** What is to be changed must be there, or the test would run something else than is shipped. */
async function change(path: string, changes: readonly [string | RegExp, string][]): Promise<void> {
  let text = await readFile(path, 'utf8');
  for (const [from, to] of changes) {
    if (text.search(from) < 0) throw new Error(`${path} has no ${String(from)}`);
    text = text.replace(from, to);
  }
  await writeFile(path, text);
}

export type TestNginx = {
  url: string;
  names: Names;
  /** What `nginx -t` says. */
  check: () => Promise<string>;
  accessLog: () => Promise<string>;
};

/** A real NGINX with the shipped configuration, in front of whoever has the name of the gateway. */
export async function startNginx(gatewayPort: number): Promise<TestNginx> {
  const [names, port, folder] = [await startNames(), await freePort(), await roomyFolder()];
  const config = await renderConfig({ folder, port, namesPort: names.port, gatewayPort });
  const args = ['-p', folder, '-c', config, '-e', 'stderr'];
  const server = spawn(program ?? 'nginx', [...args, '-g', 'daemon off;'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  guard(server, 'TERM');
  let said = '';
  server.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  after(async () => {
    const exited = once(server, 'exit');
    server.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${port}`;
  const answers = async () =>
    (await fetch(`${url}/nginx-health`).catch(() => undefined))?.ok || undefined;
  if (!(await until(answers, startMsMax))) throw new Error(`nginx does not answer: ${said}`);
  return {
    url,
    names,
    check: async () => (await run(program ?? 'nginx', [...args, '-t'])).stderr,
    accessLog: () => readFile(join(folder, 'run/access.log'), 'utf8'),
  };
}
