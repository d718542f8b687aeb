import type { Map as LeafletMap } from 'leaflet';
import type { Place } from '../../src/tracking/geo.ts';
import { copiesIn, openCanvas, type View } from './canvas.ts';
import { spotOf, type Spot } from './geo.ts';
import type { Track } from './track.ts';

/** From slow to fast. */
export const speedColors = ['--plot-4', '--plot-1', '--plot-2', '--plot-3'] as const;

/** Steps that are shorter than this in the picture are one. */
const detailPixels = 1.5;

type Step = Spot & { band: number };

/** The way of one vehicle, coloured by its speed, and where on it somebody looks. */
export function openRoute(map: LeafletMap) {
  map.createPane('route').style.zIndex = '420';
  let steps: readonly Step[] = [];
  let ghost: Spot | undefined;
  const canvas = openCanvas(map, {
    pane: 'route',
    margin: 0.2,
    draw(view) {
      for (const copy of copiesIn(view)) {
        drawSteps(view, steps, copy);
        if (ghost) drawGhost(view, { x: ghost.x + copy, y: ghost.y });
      }
    },
  });
  return {
    show: (track: Track | undefined): void => {
      steps = track ? stepsOf(track) : [];
      canvas.redraw();
    },
    mark: (place: Place | undefined): void => {
      ghost = place && spotOf(place);
      canvas.redraw();
    },
    redraw: canvas.redraw,
    close: canvas.close,
  };
}

/** Each part of the way with the colour of its speed, among the speeds of this way. */
function stepsOf({ fixes, speeds }: Track): Step[] {
  const fastest = speeds.reduce<number>((most, speed) => Math.max(most, speed ?? 0), 0);
  let last = 0;
  return fixes.map((fix, i) => {
    const spot = spotOf(fix);
    // Over the date line the way goes on, and not back around the world.
    const x = i === 0 ? spot.x : spot.x + Math.round(last - spot.x);
    last = x;
    return { x, y: spot.y, band: bandOf(speeds[i] ?? 0, fastest) };
  });
}

export function bandOf(speed: number, fastest: number): number {
  const share = fastest > 0 ? speed / fastest : 0;
  return Math.min(speedColors.length - 1, Math.floor(share * speedColors.length));
}

function drawSteps(view: View, steps: readonly Step[], copy: number): void {
  const { context, color } = view;
  const bands = pathsOf(view, steps, copy);
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.strokeStyle = color('--surface');
  context.lineWidth = 7;
  for (const path of bands) context.stroke(path);
  context.lineWidth = 3.5;
  for (const [band, path] of bands.entries()) {
    context.strokeStyle = color(speedColors[band] ?? '--plot-1');
    context.stroke(path);
  }
}

function pathsOf(view: View, steps: readonly Step[], copy: number): Path2D[] {
  const { left, top, worldPixels } = view;
  const paths = speedColors.map(() => new Path2D());
  let from: { x: number; y: number } | undefined;
  for (const [i, step] of steps.entries()) {
    const to = { x: (step.x + copy) * worldPixels - left, y: step.y * worldPixels - top };
    const isNear = from && Math.hypot(to.x - from.x, to.y - from.y) < detailPixels;
    if (isNear && i < steps.length - 1) continue;
    const path = paths[step.band];
    if (from) {
      path?.moveTo(from.x, from.y);
      path?.lineTo(to.x, to.y);
    }
    from = to;
  }
  return paths;
}

function drawGhost({ context, left, top, worldPixels, color }: View, { x, y }: Spot): void {
  context.beginPath();
  context.arc(x * worldPixels - left, y * worldPixels - top, 8, 0, 2 * Math.PI);
  context.fillStyle = color('--accent');
  context.strokeStyle = color('--text');
  context.lineWidth = 2.5;
  context.fill();
  context.stroke();
}
