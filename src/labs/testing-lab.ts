import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fillPart } from '../generated.ts';
import { until } from '../postgres/wait.ts';
import { freshDatabaseUrl } from '../testing/database.ts';
import { client, type Answer, type Ask } from '../testing/http.ts';
import { makeHome, type Launched, type Settings } from '../testing/process.ts';

const startMsMax = 45_000;
const triesMax = 5;
const root = join(import.meta.dirname, '..', '..');

export type RunningLab = Launched & {
  /** A client of each port, by the name of its door. */
  ask: (door: string) => Ask;
  url: (door: string) => string;
  databaseUrl: string;
};

/** For tests: a lab in a process of its own, on ports of its own, with a fresh database or this one. */
export async function startLab(name: string, settings: Settings = {}): Promise<RunningLab> {
  const databaseUrl = String(settings['databaseUrl'] ?? (await freshDatabaseUrl()));
  return tryStart(name, { poolMax: 4, ...settings, databaseUrl }, triesMax);
}

async function tryStart(name: string, settings: Settings, tries: number): Promise<RunningLab> {
  const home = await makeHome();
  const portOffset = randomInt(10_000, 20_000);
  const launched = home.launch(`lab ${name}`, { data: home.data, portOffset, ...settings });
  const serving = () => launched.log.find(({ msg }) => msg === 'serving');
  await until(() => serving() ?? (launched.isOver() || undefined), startMsMax);
  const line = serving() as { places?: string[] } | undefined;
  if (!line) {
    if (tries > 1 && /EADDRINUSE/.test(launched.stderr())) {
      return tryStart(name, settings, tries - 1);
    }
    throw new Error(`No start: ${JSON.stringify(launched.log)} ${launched.stderr()}`);
  }
  const urls = new Map((line.places ?? []).map((place) => place.split(/\s+/) as [string, string]));
  const url = (door: string): string => urls.get(door) ?? assert.fail(`there is no door ${door}`);
  return {
    ...launched,
    url,
    ask: (door) => client([url(door)]),
    databaseUrl: String(settings['databaseUrl']),
  };
}

/** For tests: the calls of a lab and what came back, as its page in the documentation shows them. */
export function createTranscript(page: string) {
  const lines: string[] = [];
  return {
    /** Notes a call; what differs every time is given as a pattern and shown as `…`. */
    note(what: string, answer: Answer, volatile: readonly RegExp[] = []): Answer {
      const text = volatile.reduce((said, pattern) => said.replaceAll(pattern, '…'), answer.text);
      lines.push(what, `→ ${answer.status} ${text.trim()}`, '');
      return answer;
    },

    /** The page must show just these; `WRITE_LAB_PAGES=1` writes them into it. */
    async expectOnPage(): Promise<void> {
      const file = join(root, 'docs', 'labs', page);
      const before = await readFile(file, 'utf8');
      const after = fillPart(before, 'calls', ['```text', ...lines.slice(0, -1), '```'].join('\n'));
      if (process.env['WRITE_LAB_PAGES'] === '1') return writeFile(file, after);
      assert.equal(before, after, `docs/labs/${page} does not show what the lab answers`);
    },
  };
}
