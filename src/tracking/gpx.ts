import { decimal, degreesText, writtenLongitude } from './decimal.ts';
import type { RouteWriter } from './route-export.ts';
import type { Fix } from './shapes.ts';

type Head = { name: string; writtenAt: Date };

/**
 * GPX 1.1. A track point has no place for speed and bearing there, so they are left out. All is one
 * segment: another one would say that reception was lost, and we cannot tell that from a vehicle
 * which rests or says rarely where it is.
 */
export function gpxWriter({ name, writtenAt }: Head): RouteWriter {
  const texts = [
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<gpx version="1.1" creator="Bazar" xmlns="http://www.topografix.com/GPX/1/1">\n' +
      `<metadata><time>${writtenAt.toISOString()}</time></metadata>\n` +
      `<trk><name>${escapeXml(name)}</name>\n<trkseg>\n`,
  ];
  return {
    add(fixes) {
      texts.push(fixes.map(pointOf).join(''));
    },
    end: () => `${texts.join('')}</trkseg>\n</trk>\n</gpx>\n`,
  };
}

/** The schema prescribes the order of the elements. */
function pointOf(fix: Fix): string {
  const { latitude, longitude, elevation, timestamp, satellites, hdop, vdop, pdop } = fix;
  return (
    `<trkpt lat="${degreesText(latitude)}" lon="${degreesText(writtenLongitude(longitude))}">` +
    element('ele', elevation, 3) +
    `<time>${timestamp}</time>` +
    element('sat', satellites, 0) +
    element('hdop', hdop, 2) +
    element('vdop', vdop, 2) +
    element('pdop', pdop, 2) +
    '</trkpt>\n'
  );
}

function element(name: string, value: number | undefined, digitsMax: number): string {
  return value === undefined ? '' : `<${name}>${decimal(value, digitsMax)}</${name}>`;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Some characters cannot be in XML at all, not even escaped. */
const notXml = /[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

function escapeXml(text: string): string {
  return text
    .replaceAll(notXml, '\uFFFD')
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
