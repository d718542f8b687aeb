import { median, type Round } from './rounds.ts';
import type { Cell } from './scenarios.ts';
import { systemNames, type SystemName } from './systems.ts';

// Middle tones: they can be read on white and on black.
const ink = '#7a8490';
const colors: Record<SystemName, string> = {
  all: '#2f81f7',
  naive: '#c0762c',
  split: '#3fa266',
  'naive-split': '#b3549c',
};

const width = 760;
const left = 285;
const barHeight = 13;
const groupGap = 16;
const valueRoom = 105;

type Bar = { system: SystemName; value: number; label: string };
type Group = { title: string; bars: Bar[] };

const isClosed = ({ scenario }: Cell) =>
  scenario.openShare === undefined && scenario.pauseMs === undefined;

/** Two panels of bars, as an image that needs no script. */
export function plot(cells: readonly Cell[]): string {
  const rate = panel('Orders per second', groupsOf(cells, isClosed, rateOf), 64);
  const latency = panel(
    'p50 – p99 in ms; the bar is p99',
    groupsOf(cells, () => true, latencyOf),
    rate.bottom + 34,
  );
  const height = latency.bottom + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"`,
    `  viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12"`,
    `  fill="${ink}" role="img" aria-label="Orders per second and latency of each system">`,
    ...legend(cells),
    ...rate.lines,
    ...latency.lines,
    '</svg>',
    '',
  ].join('\n');
}

const middle = (rounds: readonly Round[], value: (round: Round) => number) =>
  median(rounds.map(value));

function rateOf({ system, rounds }: Cell): Bar {
  const value = middle(rounds, (round) => round.perSecond);
  return { system, value, label: value.toFixed(0) };
}

function latencyOf({ system, rounds }: Cell): Bar {
  const p50 = middle(rounds, ({ load }) => load.ok.p50Ms);
  const p99 = middle(rounds, ({ load }) => load.ok.p99Ms);
  return { system, value: p99, label: `${p50.toFixed(1)} – ${p99.toFixed(1)}` };
}

function groupsOf(
  cells: readonly Cell[],
  isIn: (cell: Cell) => boolean,
  barOf: (cell: Cell) => Bar,
): Group[] {
  const shown = cells.filter(isIn);
  const titles = [...new Set(shown.map(({ scenario }) => scenario.title))];
  return titles.map((title) => ({
    title,
    bars: shown.filter(({ scenario }) => scenario.title === title).map(barOf),
  }));
}

function legend(cells: readonly Cell[]): string[] {
  const names = systemNames.filter((name) => cells.some(({ system }) => system === name));
  return names.flatMap((name, i) => [
    `<rect x="${left + i * 110}" y="12" width="12" height="12" rx="2" fill="${colors[name]}"/>`,
    `<text x="${left + 18 + i * 110}" y="22">${name}</text>`,
  ]);
}

function panel(title: string, groups: readonly Group[], top: number) {
  const max = Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const scale = (width - left - valueRoom - 10) / max;
  const lines = [`<text x="10" y="${top - 12}" font-size="14" font-weight="600">${title}</text>`];
  let y = top;
  for (const { title: name, bars } of groups) {
    const middleY = y + (bars.length * barHeight) / 2 + 4;
    lines.push(`<text x="${left - 10}" y="${middleY}" text-anchor="end">${name}</text>`);
    for (const { system, value, label } of bars) {
      const length = Math.max(1, value * scale).toFixed(1);
      lines.push(
        `<rect x="${left}" y="${y}" width="${length}" height="${barHeight - 2}" rx="2" fill="${colors[system]}"/>`,
        `<text x="${(left + Number(length) + 6).toFixed(1)}" y="${y + barHeight - 3}" font-size="11">${label}</text>`,
      );
      y += barHeight;
    }
    y += groupGap;
  }
  return { lines, bottom: y };
}
