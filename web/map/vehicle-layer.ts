import type { LeafletMouseEvent, Map as LeafletMap } from 'leaflet';
import { openCanvas, type View } from './canvas.ts';
import type { Seen } from './fleet.ts';
import { createGrid } from './grid.ts';
import { createMarks } from './marks.ts';
import { createPace } from './pace.ts';
import {
  createBrush,
  drawLabels,
  drawRing,
  placed,
  reachPixels,
  type Drawn,
} from './vehicle-picture.ts';

type Parts = {
  /** What time it is for the server, and from which age on a fix is stale. */
  now: () => { nowMs: number; staleSeconds: number };
  pressed: (id: string) => void;
};

const labelZoomMin = 12;
const labelsMax = 150;
/** Of a crowd nobody sees that each of its moves is drawn a moment later, with others. */
const crowd = 500;
const crowdEveryMs = 100;

/** All vehicles on one canvas: thousands of them are one picture, not thousands of elements. */
export function openVehicles(map: LeafletMap, { now, pressed }: Parts) {
  map.createPane('vehicles').style.zIndex = '450';
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const marks = createMarks(() => !still.matches);
  const brush = createBrush();
  let selected: string | undefined;
  let pointed: string | undefined;
  let shown: readonly Drawn[] = [];
  const canvas = openCanvas(map, { pane: 'vehicles', margin: 0.2, draw });
  const pace = createPace(canvas.redraw);

  function draw(view: View): void {
    const nowMs = performance.now();
    shown = placed(view, marks.all.values(), nowMs);
    const ringed = shown.filter(({ mark }) => mark.seen.id === selected);
    for (const { x, y } of ringed) drawRing(view, x, y);
    // The one that is looked at is not hidden by others.
    brush(view, [...shown, ...ringed], now());
    const areAllNamed = view.zoom >= labelZoomMin && shown.length <= labelsMax;
    const looked = new Set([selected, pointed]);
    drawLabels(view, areAllNamed ? shown : shown.filter(({ mark }) => looked.has(mark.seen.id)));
    if (marks.isGliding(nowMs)) canvas.redraw();
  }

  /** The vehicle at a place of the picture. */
  function at({ layerPoint }: LeafletMouseEvent): string | undefined {
    const grid = createGrid<string>(reachPixels);
    for (const { mark, x, y } of shown) grid.add({ x, y }, mark.seen.id);
    return grid.near(layerPoint.subtract(canvas.origin()));
  }

  const point = (id: string | undefined): void => {
    pointed = id;
    canvas.redraw();
  };
  followPointer(map, { at, pressed, pointed: point });

  return {
    put: (seen: Seen): void => {
      marks.put(seen, performance.now());
      if (shown.length < crowd) canvas.redraw();
      else pace.within(crowdEveryMs);
    },
    select: (id: string | undefined): void => {
      selected = id;
      canvas.redraw();
    },
    redraw: canvas.redraw,
    close: (): void => {
      pace.stop();
      canvas.close();
    },
  };
}

type Pointing = {
  at: (event: LeafletMouseEvent) => string | undefined;
  pressed: (id: string) => void;
  /** Another one is under the pointer, or none. */
  pointed: (id: string | undefined) => void;
};

function followPointer(map: LeafletMap, { at, pressed, pointed }: Pointing): void {
  let before: string | undefined;
  map.on('click', (event) => {
    const id = at(event);
    if (id !== undefined) pressed(id);
  });
  map.on('mousemove', (event) => {
    const id = at(event);
    if (id === before) return;
    before = id;
    map.getContainer().classList.toggle('points', id !== undefined);
    pointed(id);
  });
}
