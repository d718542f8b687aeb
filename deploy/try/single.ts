import { randomUUID } from 'node:crypto';
import { openAsk } from '../../src/faults/shop.ts';
import { stateOf, type Project } from './docker.ts';

export type Setting = {
  project: Project;
  url: string;
  /** Where secrets and the history go. */
  folder: string;
  complaints: string[];
  say: (...lines: string[]) => void;
};

/** `compose.yaml`: up, a page, an order, a stop in order, and up again with what there was. */
export async function trySingle(setting: Setting): Promise<void> {
  const { project, url, complaints, say } = setting;
  const startedMs = performance.now();
  await project.compose('up', '--detach', '--wait');
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  const page = await fetch(url);
  if (!(await page.text()).includes('<div id="app">')) complaints.push('There is no console');
  const order = await placeOne(url);
  const [name = ''] = await project.replicas('bazar');
  await project.compose('stop', 'bazar');
  const { ExitCode } = await stateOf(name);
  if (ExitCode !== 0) complaints.push(`bazar ended with ${ExitCode}`);
  await project.compose('down');
  await project.compose('up', '--detach', '--wait');
  const again = await placeOne(url);
  if (order !== again) complaints.push(`The order ${order} became ${again}`);
  await project.remove();
  say('', '== compose.yaml', `Up after ${seconds} s; ${order} is the same after down and up.`);
}

const key = randomUUID();
const password = 'correct horse battery';

/** An order of the same customer under the same key, and so always the same order. */
async function placeOne(url: string): Promise<string> {
  const closers: (() => Promise<unknown>)[] = [];
  const ask = openAsk(url, (close) => void closers.push(close));
  const username = 'compose';
  await ask('POST /v1/users', { body: { username, email: 'compose@shop.example', password } });
  const { body } = await ask('POST /v1/sessions', { body: { login: username, password } });
  const { accessToken } = body as { accessToken: string };
  const lines = [{ productId: '2', quantity: 1 }];
  const placed = await ask('POST /v1/orders', { token: accessToken, body: { lines }, key });
  await Promise.all(closers.map((close) => close()));
  const { number, id } = placed.body as { number: string; id: string };
  return `${number} (${id})`;
}
