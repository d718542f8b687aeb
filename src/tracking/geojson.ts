import { decimal, degreesText, writtenLongitude } from './decimal.ts';
import type { RouteWriter } from './route-export.ts';
import type { Fix } from './shapes.ts';
import { shortWay } from './simplify.ts';

type Head = { vehicleId: string; from: string; to: string };
/** A place on the line, and how it is written. */
type Point = { longitude: number; latitude: number; timestamp: string; position: string };
/** What is written for each point of a line. */
type Line = { positions: string[]; times: string[]; speeds: string[] };

const speedDigits = 3;
const elevationDigits = 3;

/**
 * GeoJSON of RFC 7946: one feature, whose line is cut where it crosses the date line. At a cut both
 * place and time are reckoned, and there is no speed.
 */
export function geoJsonWriter(head: Head): RouteWriter {
  let line = newLine();
  const lines = [line];
  let hasSpeeds = false;
  let before: Point | undefined;

  function push(point: Point, speed?: number): void {
    line.positions.push(point.position);
    line.times.push(`"${point.timestamp}"`);
    line.speeds.push(speed === undefined ? 'null' : decimal(speed, speedDigits));
    hasSpeeds ||= speed !== undefined;
  }

  return {
    add(fixes) {
      for (const fix of fixes) {
        const point = pointOf(fix);
        const cut = before && cutBetween(before, point);
        if (cut) {
          push(cut.end);
          line = newLine();
          lines.push(line);
          push(cut.start);
        }
        push(point, fix.speedMetersPerSecond);
        before = point;
      }
    },
    end() {
      const properties =
        `${JSON.stringify(head).slice(0, -1)},"coordTimes":${nested(lines, 'times')}` +
        (hasSpeeds ? `,"speedsMetersPerSecond":${nested(lines, 'speeds')}}` : '}');
      return `{"type":"Feature","geometry":${geometryOf(lines)},"properties":${properties}}`;
    },
  };
}

function newLine(): Line {
  return { positions: [], times: [], speeds: [] };
}

function pointOf({ longitude, latitude, elevation, timestamp }: Fix): Point {
  const place = { longitude: writtenLongitude(longitude), latitude, timestamp };
  return { ...place, position: positionOf(place, elevation) };
}

type Degrees = { longitude: number; latitude: number };

function positionOf({ longitude, latitude }: Degrees, elevation?: number): string {
  const height = elevation === undefined ? '' : `,${decimal(elevation, elevationDigits)}`;
  return `[${degreesText(longitude)},${degreesText(latitude)}${height}]`;
}

/** Where the short way between two places crosses the date line, seen from either side. */
function cutBetween(from: Point, to: Point): { end: Point; start: Point } | undefined {
  const degrees = to.longitude - from.longitude;
  const way = shortWay(degrees);
  if (way === degrees) return undefined;
  const edge = way > 0 ? 180 : -180;
  const share = (edge - from.longitude) / way;
  const [fromMs, toMs] = [Date.parse(from.timestamp), Date.parse(to.timestamp)];
  const latitude = from.latitude + share * (to.latitude - from.latitude);
  const timestamp = new Date(Math.round(fromMs + share * (toMs - fromMs))).toISOString();
  const at = (longitude: number): Point => {
    const place = { longitude, latitude, timestamp };
    return { ...place, position: positionOf(place) };
  };
  return { end: at(edge), start: at(-edge) };
}

function geometryOf(lines: readonly Line[]): string {
  const [{ positions } = newLine()] = lines;
  if (lines.length > 1) {
    return `{"type":"MultiLineString","coordinates":${nested(lines, 'positions')}}`;
  }
  return positions.length === 1
    ? `{"type":"Point","coordinates":${positions.join('')}}`
    : `{"type":"LineString","coordinates":${nested(lines, 'positions')}}`;
}

/** One list for a single line, a list of lists for several. */
function nested(lines: readonly Line[], field: keyof Line): string {
  const lists = lines.map((line) => `[${line[field].join(',')}]`);
  return lists.length === 1 ? lists.join('') : `[${lists.join(',')}]`;
}
