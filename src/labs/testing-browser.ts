import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';

type Reply = { id?: number; method?: string; params?: unknown; result?: unknown; error?: unknown };

export type Page = {
  /** What an expression comes to in the page. */
  read: <T>(expression: string) => Promise<T>;
  /** What has gone wrong in it so far. */
  faults: readonly string[];
};

const binary = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => {
    try {
      accessSync(path);
      return true;
    } catch {
      return false;
    }
  },
);

/** Why tests with a browser are skipped; `false` when there is one. */
export const browserIsMissing: string | false =
  binary === undefined && 'no Chromium is installed: apt-get install chromium';

/** For tests: opens pages in a browser without a window, which is gone when the file is done. */
export async function startBrowser(): Promise<(url: string) => Promise<Page>> {
  const profile = await mkdtemp(join(tmpdir(), 'bazar-browser-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'];
  const place = [`--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'];
  const browser = spawn(binary ?? 'chromium', [...flags, ...place], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  after(async () => {
    const exited = once(browser, 'exit');
    browser.kill('SIGKILL');
    await exited;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  const origin = await originOf(browser.stderr);
  return (url) => openPage(origin, url);
}

/** It says where it listens. */
async function originOf(stderr: NodeJS.ReadableStream): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  createInterface({ input: stderr }).on('line', (line) => {
    const [, place] = /^DevTools listening on ws:\/\/([^/]+)/.exec(line) ?? [];
    if (place) resolve(`http://${place}`);
  });
  return promise;
}

async function openPage(origin: string, url: string): Promise<Page> {
  const made = await fetch(`${origin}/json/new?about:blank`, { method: 'PUT' });
  const { webSocketDebuggerUrl } = (await made.json()) as { webSocketDebuggerUrl: string };
  const socket = new WebSocket(webSocketDebuggerUrl);
  await once(socket, 'open');
  const waiting = new Map<number, (reply: Reply) => void>();
  const faults: string[] = [];
  let asked = 0;

  socket.addEventListener('message', ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply;
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
    else if (isFault(reply)) faults.push(JSON.stringify(reply.params));
  });

  async function ask(method: string, params: object = {}): Promise<unknown> {
    asked += 1;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    waiting.set(asked, resolve);
    socket.send(JSON.stringify({ id: asked, method, params }));
    const { result, error } = await promise;
    if (error) throw new Error(JSON.stringify(error));
    return result;
  }

  await Promise.all([ask('Runtime.enable'), ask('Log.enable')]);
  await ask('Page.navigate', { url });
  return {
    faults,
    async read<T>(expression: string): Promise<T> {
      const evaluated = await ask('Runtime.evaluate', { expression, returnByValue: true });
      return (evaluated as { result: { value: T } }).result.value;
    },
  };
}

/** An exception, or what the browser itself complains of, such as a script from elsewhere. */
function isFault({ method, params }: Reply): boolean {
  if (method === 'Runtime.exceptionThrown') return true;
  const { entry } = (params ?? {}) as { entry?: { level: string } };
  return method === 'Log.entryAdded' && entry?.level === 'error';
}
