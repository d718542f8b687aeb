import { earthRadiusMeters, radians, type Place } from './geo.ts';

/** What is simplified at once: the work grows with its square, so a long line is cut. */
export const simplifiedMax = 1_000;

/**
 * Leaves out places as long as each is within the tolerance of the straight line between those
 * that stay (Douglas and Peucker). The ends of each thousand always stay.
 */
export function simplify<P extends Place>(line: readonly P[], toleranceMeters: number): P[] {
  const kept = line.slice(0, 1);
  // Each piece begins with the place that ended the one before.
  for (let first = 0; first < line.length - 1; first += simplifiedMax - 1) {
    const piece = line.slice(first, first + simplifiedMax);
    const stays = choose(flatten(piece), toleranceMeters);
    kept.push(...piece.filter((_, at) => at > 0 && stays[at] === 1));
  }
  return kept;
}

/** A line on a plane, in meters. */
type Flat = { xs: Float64Array; ys: Float64Array; halfWayRound: number };

/**
 * The plane has the scale of the latitude nearest to the equator. Elsewhere ways look longer than
 * they are, so that rather too many places stay than too few.
 */
function flatten(line: readonly Place[]): Flat {
  const latitudes = line.map(({ latitude }) => latitude);
  const south = Math.min(...latitudes);
  const north = Math.max(...latitudes);
  const nearest = Math.max(0, south, -north);
  const scale = earthRadiusMeters * Math.cos(radians(nearest));
  const xs = new Float64Array(line.length);
  let before = line[0]?.longitude ?? 0;
  let degrees = 0;
  for (const [at, { longitude }] of line.entries()) {
    // The short way, also over the date line.
    degrees += shortWay(longitude - before);
    before = longitude;
    xs[at] = radians(degrees) * scale;
  }
  const ys = Float64Array.from(latitudes, (latitude) => radians(latitude) * earthRadiusMeters);
  return { xs, ys, halfWayRound: Math.PI * scale };
}

/** From -180 to 180. */
export function shortWay(degrees: number): number {
  if (degrees > 180) return degrees - 360;
  return degrees < -180 ? degrees + 360 : degrees;
}

/** Says 1 for each place that stays. Spans wait in a list, since a call within a call has a limit. */
function choose(flat: Flat, toleranceMeters: number): Uint8Array {
  const end = flat.xs.length - 1;
  const stays = new Uint8Array(end + 1);
  stays[0] = 1;
  stays[end] = 1;
  const spans: Span[] = [{ first: 0, last: end }];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const { at, meters } = farthest(flat, span);
    if (meters > toleranceMeters) {
      stays[at] = 1;
      spans.push({ first: span.first, last: at }, { first: at, last: span.last });
    }
  }
  return stays;
}

type Span = { first: number; last: number };

/** Which place between two is the farthest from the straight line between them. */
function farthest(flat: Flat, { first, last }: Span) {
  const line = { from: pointAt(flat, first), to: pointAt(flat, last) };
  // Between two places farther apart than this the line would be drawn the other way round.
  if (Math.abs(line.to.x - line.from.x) >= flat.halfWayRound && last - first > 1) {
    return { at: (first + last) >> 1, meters: Infinity };
  }
  let worst = { at: first, meters2: 0 };
  for (let at = first + 1; at < last; at += 1) {
    const meters2 = squareToLine(pointAt(flat, at), line);
    if (meters2 > worst.meters2) worst = { at, meters2 };
  }
  return { at: worst.at, meters: Math.sqrt(worst.meters2) };
}

type Point = { x: number; y: number };

function pointAt({ xs, ys }: Flat, at: number): Point {
  return { x: xs[at] ?? 0, y: ys[at] ?? 0 };
}

/** The square of how far a point is from the nearest one of a line. */
function squareToLine(point: Point, { from, to }: { from: Point; to: Point }): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const [px, py] = [point.x - from.x, point.y - from.y];
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : (px * dx + py * dy) / square;
  const share = Math.min(1, Math.max(0, along));
  return (px - share * dx) ** 2 + (py - share * dy) ** 2;
}
