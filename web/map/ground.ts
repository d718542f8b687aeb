import type { Map as LeafletMap } from 'leaflet';
import { copiesIn, openCanvas, type View } from './canvas.ts';
import { placeOf, spotOf } from './geo.ts';
import { latitudeLabel, linesBetween, longitudeLabel, stepFor } from './graticule.ts';
import { ringOf, type Ring } from './land.ts';

/** Points of a coast that are nearer to each other than this are one. */
const detailPixels = 0.8;

/** The world without the internet: land and water, and lines with their degrees. */
export function openGround(map: LeafletMap): { redraw: () => void; close: () => void } {
  map.createPane('ground').style.zIndex = '150';
  let rings: readonly Ring[] = [];
  const land = openCanvas(map, {
    pane: 'ground',
    margin: 0.3,
    draw: (view) => drawLand(view, rings),
  });
  // Its labels stand at the edges, so it is drawn whenever they move.
  const lines = openCanvas(map, { pane: 'ground', margin: 0, draw: drawLines });
  void (async () => {
    try {
      const world = await import('virtual:land');
      rings = world.rings.map(ringOf);
      land.redraw();
    } catch {
      // Without outlines there are still the lines, and everything that is on the map.
    }
  })();
  return {
    redraw() {
      land.redraw();
      lines.redraw();
    },
    close() {
      land.close();
      lines.close();
    },
  };
}

function drawLand(view: View, rings: readonly Ring[]): void {
  const { context, color } = view;
  context.beginPath();
  // A coast may begin in one world and end in the next.
  const copies = copiesIn(view);
  for (const copy of [(copies[0] ?? 0) - 1, ...copies, (copies.at(-1) ?? 0) + 1]) {
    for (const ring of rings) if (isShown(ring, copy, view)) trace(ring, copy, view);
  }
  context.fillStyle = color('--land');
  context.fill('evenodd');
  context.strokeStyle = color('--line-strong');
  context.globalAlpha = 0.55;
  context.lineWidth = 0.8;
  context.stroke();
  context.globalAlpha = 1;
}

function isShown({ west, east, north, south }: Ring, copy: number, view: View): boolean {
  const { left, top, width, height, worldPixels } = view;
  const isBeside = (east + copy) * worldPixels < left || (west + copy) * worldPixels > left + width;
  return !isBeside && south * worldPixels >= top && north * worldPixels <= top + height;
}

function trace({ spots }: Ring, copy: number, { context, left, top, worldPixels }: View): void {
  let [lastX, lastY] = [Infinity, Infinity];
  for (let i = 0; i < spots.length; i += 2) {
    const x = ((spots[i] ?? 0) + copy) * worldPixels - left;
    const y = (spots[i + 1] ?? 0) * worldPixels - top;
    if (i === 0) context.moveTo(x, y);
    else if (Math.abs(x - lastX) + Math.abs(y - lastY) < detailPixels) continue;
    else context.lineTo(x, y);
    [lastX, lastY] = [x, y];
  }
  context.closePath();
}

function drawLines(view: View): void {
  const { context, left, top, width, height, worldPixels, color } = view;
  const northWest = placeOf({ x: left / worldPixels, y: top / worldPixels });
  const southEast = placeOf({ x: (left + width) / worldPixels, y: (top + height) / worldPixels });
  const step = stepFor(worldPixels / 360);
  const across = linesBetween(northWest.longitude, southEast.longitude, step).map((value) => ({
    at: spotOf({ latitude: 0, longitude: value }).x * worldPixels - left,
    label: longitudeLabel(value),
  }));
  const along = linesBetween(southEast.latitude, northWest.latitude, step).map((value) => ({
    at: spotOf({ latitude: value, longitude: 0 }).y * worldPixels - top,
    label: latitudeLabel(value),
  }));
  context.strokeStyle = color('--line-strong');
  context.globalAlpha = 0.22;
  context.lineWidth = 1;
  context.beginPath();
  for (const { at } of across) line(context, [at, 0], [at, height]);
  for (const { at } of along) line(context, [0, at], [width, at]);
  context.stroke();
  context.globalAlpha = 1;
  context.fillStyle = color('--muted');
  context.font = `11px ${getComputedStyle(context.canvas).fontFamily}`;
  context.textAlign = 'left';
  for (const { at, label } of across) context.fillText(label, at + 4, 14);
  context.textAlign = 'right';
  for (const { at, label } of along) {
    // Where the other labels and the scale are there is no room.
    if (at > 30 && at < height - 40) context.fillText(label, width - 6, at - 4);
  }
}

type XY = readonly [x: number, y: number];

/** Whole lines of one pixel, not two halves. */
function line(context: CanvasRenderingContext2D, from: XY, to: XY): void {
  const [x, y] = from.map((value) => Math.round(value) + 0.5) as [number, number];
  context.moveTo(x, y);
  context.lineTo(to[0] === from[0] ? x : to[0], to[1] === from[1] ? y : to[1]);
}
