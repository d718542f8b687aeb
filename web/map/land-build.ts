import { createRequire } from 'node:module';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import type { Plugin } from 'vite';
import { landUnitsPerDegree } from './land.ts';

type Point = readonly [x: number, y: number];

const landId = 'virtual:land';
/** A smaller corner of a coast is not missed at any size that such coasts are of use at. */
const toleranceDegrees = 0.02;

/** The outlines of all land, as a part of the console that is fetched when a map is shown. */
export function land(): Plugin {
  return {
    name: 'bazar-land',
    resolveId: (id) => (id === landId ? `\0${landId}` : undefined),
    load: (id) => (id === `\0${landId}` ? moduleOf(readRings()) : undefined),
  };
}

function readRings(): Point[][] {
  const world = createRequire(import.meta.url)('world-atlas/land-50m.json') as Topology<{
    land: GeometryCollection;
  }>;
  return feature(world, world.objects.land).features.flatMap(({ geometry }) => {
    if (geometry.type === 'Polygon') return geometry.coordinates as unknown as Point[][];
    if (geometry.type === 'MultiPolygon')
      return geometry.coordinates.flat() as unknown as Point[][];
    return [];
  });
}

/** Text is read many times faster than the same in brackets of a program. */
function moduleOf(rings: readonly Point[][]): string {
  const steps = rings
    .map((ring) => simplified(unrolled(ring)))
    .filter(({ length }) => length > 3)
    .map(stepsOf);
  return `export const rings = JSON.parse(${JSON.stringify(JSON.stringify(steps))});`;
}

/** A coast that crosses the date line goes on beyond it, and does not jump around the world. */
function unrolled(ring: readonly Point[]): Point[] {
  let turns = 0;
  const points = ring.map(([x, y], i): Point => {
    turns -= Math.round((x - (ring[i - 1]?.[0] ?? x)) / 360);
    return [x + 360 * turns, y];
  });
  const [first = [0, 0], last = [0, 0]] = [points[0], points.at(-1)];
  // Around the pole there is no way back but along the edge of the map.
  if (turns !== 0) points.push([last[0], -90], [first[0], -90], first);
  return points;
}

/** Each point as the way from the one before: small numbers take little room. */
function stepsOf(ring: readonly Point[]): number[] {
  const whole = ring.map((point) => point.map((value) => Math.round(value * landUnitsPerDegree)));
  return whole.flatMap(([x = 0, y = 0], i) => {
    const [beforeX = 0, beforeY = 0] = whole[i - 1] ?? [];
    return [x - beforeX, y - beforeY];
  });
}

/** Without the points that the line between their neighbours passes closely by. */
function simplified(points: readonly Point[]): Point[] {
  const kept = new Set([0, points.length - 1]);
  const open: [number, number][] = [[0, points.length - 1]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [from, to] = span;
    const far = farthest(points, from, to);
    if (far === undefined) continue;
    kept.add(far);
    open.push([from, far], [far, to]);
  }
  return points.filter((_, i) => kept.has(i));
}

function farthest(points: readonly Point[], from: number, to: number): number | undefined {
  const [[fromX, fromY] = [0, 0], [toX, toY] = [0, 0]] = [points[from], points[to]];
  const [dx, dy] = [toX - fromX, toY - fromY];
  const square = dx * dx + dy * dy;
  let found: number | undefined;
  let best = toleranceDegrees ** 2;
  for (let i = from + 1; i < to; i += 1) {
    const x = (points[i]?.[0] ?? 0) - fromX;
    const y = (points[i]?.[1] ?? 0) - fromY;
    const along = square > 0 ? Math.min(1, Math.max(0, (x * dx + y * dy) / square)) : 0;
    const distance = (x - along * dx) ** 2 + (y - along * dy) ** 2;
    if (distance <= best) continue;
    best = distance;
    found = i;
  }
  return found;
}
