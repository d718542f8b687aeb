import { auditShop, linesOf } from '../audit.ts';
import { openDatabase } from '../platform/database.ts';
import { createMetrics } from '../platform/metrics.ts';
import { until } from '../postgres/wait.ts';
import { silent } from './database.ts';

type Urls = { [service: string]: string };

/** As long as by default. */
const holdSeconds = 30;
const settleMsMax = 30_000;
const pauseMs = 200;

/** What the audit finds right now, in words. */
export const violationsIn = (urls: Urls): Promise<string[]> => look(urls, false);

/** What it still finds in a shop where nobody orders any more, once the sweeper has been. */
export async function violationsOnceSettled(urls: Urls): Promise<string[]> {
  let last: string[] = [];
  const settled = async () => {
    last = await look(urls, true);
    return last.length === 0 || undefined;
  };
  await until(settled, settleMsMax, pauseMs);
  return last;
}

async function look(urls: Urls, quiesced: boolean): Promise<string[]> {
  const [catalog, orders] = [open('catalog', urls), open('orders', urls)];
  try {
    const findings = await auditShop({ catalog, orders, holdSeconds, quiesced });
    return linesOf(findings.filter(({ violations }) => violations.length > 0));
  } finally {
    await Promise.all([catalog.close(), orders.close()]);
  }
}

function open(service: string, urls: Urls) {
  const url = urls[service] ?? '';
  return openDatabase({ service, url, connectionsMax: 1, log: silent, metrics: createMetrics() });
}
