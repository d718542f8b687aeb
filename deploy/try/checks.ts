import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openBooks } from '../../src/faults/books.ts';
import { checkHistory } from '../../src/faults/check-history.ts';
import type { History } from '../../src/faults/history.ts';
import type { Shop } from '../../src/faults/shop.ts';
import { until } from '../../src/postgres/wait.ts';
import { addressOf } from './docker.ts';
import type { Setting } from './single.ts';

/** What customers did, and what they were told. */
export type Told = Setting & { shop: Shop; history: History; movesBefore: ReadonlySet<string> };

const quietMsMax = 30_000;

/** The databases themselves, past everything that runs in front of them. */
async function withBooks<T>(
  { project, folder }: Setting,
  work: (books: ReturnType<typeof openBooks>) => Promise<T>,
): Promise<T> {
  const closers: (() => Promise<unknown>)[] = [];
  const [postgres = ''] = await project.replicas('postgres');
  const address = await addressOf(postgres);
  const urlOf = async (service: string) => {
    const url = await readFile(join(folder, 'secrets', `${service}-database-url`), 'utf8');
    return url.replace('@postgres:', `@${address}:`);
  };
  const urls = { catalog: await urlOf('catalog'), orders: await urlOf('orders') };
  try {
    return await work(openBooks(urls, (close) => void closers.push(close)));
  } finally {
    await Promise.all(closers.map((close) => close()));
  }
}

/** A machine that has just been hurt may need a moment; nothing is changed by asking again. */
async function insist<T>(ask: () => Promise<T>): Promise<T> {
  const answer = await until(() => ask().catch(() => undefined), quietMsMax, 500);
  return answer ?? ask();
}

export const factsOf = (setting: Setting) =>
  withBooks(setting, (books) => insist(() => books.facts()));

/** What customers were told, against what there is. */
export async function checkAll(run: Told): Promise<string[]> {
  const { attempts } = run.history;
  return withBooks(run, async (books) => {
    let left: string | undefined = 'nobody knows what is left';
    const isQuiet = async () => {
      left = await books.pending().catch(() => left);
      return left === undefined || undefined;
    };
    const late = (await until(isQuiet, quietMsMax, 200)) ? [] : [left];
    const facts = await insist(() => books.facts());
    const violations = [
      ...checkHistory({ attempts, orders: facts.orders }),
      ...books.check(facts, { attempts, movesBefore: run.movesBefore }),
      ...(await insist(() => books.audit())),
      ...(await insist(() => books.checkLists(facts, run.shop))),
    ];
    const confirmed = facts.orders.filter(({ status }) => 'CXF'.includes(status)).length;
    run.say(
      '',
      `${confirmed} orders in the books; lost, doubled or oversold: ${violations.length}`,
    );
    if (confirmed === 0) late.push('Nothing was ordered');
    return [
      ...late,
      ...violations.map(({ checker, subject, detail }) => `${checker} ${subject}: ${detail}`),
    ];
  });
}

/** What Bazar itself says of its books. */
export async function auditBy({ project }: Setting): Promise<string[]> {
  const said = await project.compose('run', '--rm', '--no-deps', 'migrate', 'audit', '--quiesced');
  return said.split('\n').filter((one) => / violations? /.test(one));
}
