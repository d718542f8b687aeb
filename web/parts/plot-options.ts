import type uPlot from 'uplot';
import { number } from '../base/format.ts';
import { loneIndexes, rangeOf, timeForm, type Line } from './plot-words.ts';

export type Look = {
  lines: readonly Line[];
  /** A vertical line at this time. */
  markAt?: number | undefined;
  /** The scale begins at nothing, so that heights can be compared. */
  fromZero?: boolean;
};

type Parts = {
  host: HTMLElement;
  height: number;
  /** What is to be shown now; a plot lives longer than what it showed first. */
  look: () => Look;
  pointed: (index: number | undefined) => void;
};

/** How many pixels a mark of time wants for itself. */
const timeSpacePixels = 72;

export function optionsOf({ host, height, look, pointed }: Parts): uPlot.Options {
  const styles = getComputedStyle(host);
  // Asked anew at each drawing, because colours belong to the theme.
  const color = (name: string) => styles.getPropertyValue(name).trim();
  const axis = {
    stroke: () => color('--muted'),
    grid: { stroke: () => color('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${styles.fontFamily}`,
  };
  return {
    width: host.clientWidth,
    height,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { drag: { setScale: false, x: false, y: false }, y: false, points: { size: 7 } },
    scales: { y: { range: (_, low, high) => rangeOf(low, high, look().fromZero ?? true) } },
    axes: [
      { ...axis, space: timeSpacePixels, size: 24, values: timeMarks },
      { ...axis, size: 48, gap: 6, values: valueMarks },
    ],
    series: [{}, ...look().lines.map((line, i) => seriesOf(line, i, color))],
    hooks: {
      draw: [(plot) => drawMark(plot, look().markAt, color('--accent'))],
      setCursor: [({ cursor }) => pointed(cursor.idx ?? undefined)],
    },
  };
}

/** What uPlot tells of the marks of an axis: where they are, and at last the step between them. */
type Marks = [plot: uPlot, places: number[], axis: number, space: number, step: number];

function timeMarks(...[, places, , , step]: Marks): string[] {
  return places.map(timeForm(step));
}

/** As exact as it takes to tell them apart. */
function valueMarks(...[, places, , , step]: Marks): string[] {
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return places.map((value) => number(value, digits));
}

function seriesOf({ label, color }: Line, i: number, colorOf: (name: string) => string) {
  const stroke = () => colorOf(`--plot-${color ?? i + 1}`);
  return {
    label,
    stroke,
    width: 1.75,
    points: {
      show: true,
      size: 5,
      stroke,
      fill: stroke,
      filter: (plot: uPlot, n: number) => loneIndexes([...(plot.data[n] ?? [])].map(orNull)),
    },
  };
}

function orNull(value: number | null | undefined): number | null {
  return value ?? null;
}

function drawMark(plot: uPlot, at: number | undefined, color: string): void {
  if (at === undefined) return;
  const x = plot.valToPos(at, 'x', true);
  const { ctx, bbox } = plot;
  if (!(x >= bbox.left && x <= bbox.left + bbox.width)) return;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
