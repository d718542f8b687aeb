// What is drawn, as numbers: nothing here knows a document.
const width = 480;
const height = 240;
const margin = 28;
const pointsMax = 1_000;
const metersPerDegree = 111_195;

/** At most so many of them, evenly, and always the last. */
export function thinned(rows, max = pointsMax) {
  const step = Math.ceil(rows.length / max);
  return step <= 1 ? rows : rows.filter((_, i) => (rows.length - 1 - i) % step === 0);
}

/** A line of values over time; what has no value is left out. */
export function chartOf(rows, field) {
  const known = thinned(rows.filter((row) => typeof row[field] === 'number'));
  if (known.length === 0) return undefined;
  const x = rangeOf(known.map(({ timestamp }) => timestamp));
  const y = rangeOf(known.map((row) => row[field]));
  const points = known.map((row) => [
    placed(row.timestamp, x, [margin, width - margin]),
    placed(row[field], y, [height - margin, margin]),
  ]);
  return { points, from: x.min, until: x.max, min: y.min, max: y.max };
}

/** The track as seen from above, with as many metres to a pixel across as along. */
export function mapOf(rows) {
  const places = thinned(rows);
  const [first] = places;
  if (!first) return undefined;
  const narrow = Math.cos((first.latitude * Math.PI) / 180);
  const meters = places.map(({ latitude, longitude }) => [
    shortest(longitude - first.longitude) * metersPerDegree * narrow,
    (latitude - first.latitude) * metersPerDegree,
  ]);
  const east = rangeOf(meters.map(([x]) => x));
  const north = rangeOf(meters.map(([, y]) => y));
  const perPixel = Math.max(
    (east.max - east.min) / (width - 2 * margin),
    (north.max - north.min) / (height - 2 * margin),
    0.1,
  );
  const points = meters.map(([x, y]) => [
    rounded(width / 2 + (x - (east.min + east.max) / 2) / perPixel),
    rounded(height / 2 - (y - (north.min + north.max) / 2) / perPixel),
  ]);
  const scaleMeters = roundLength((perPixel * width) / 3);
  return { points, scale: { meters: scaleMeters, pixels: rounded(scaleMeters / perPixel) } };
}

/** The way around the other side of the date line may be the shorter one. */
function shortest(degrees) {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}

/** The longest of 1, 2, 5, 10, … that fits. */
function roundLength(meters) {
  const ten = 10 ** Math.floor(Math.log10(meters));
  const times = [5, 2, 1].find((one) => one * ten <= meters) ?? 1;
  return times * ten;
}

function rangeOf(values) {
  const min = values.reduce((least, value) => Math.min(least, value));
  const max = values.reduce((most, value) => Math.max(most, value));
  return { min, max };
}

function placed(value, { min, max }, [from, to]) {
  const share = max > min ? (value - min) / (max - min) : 0.5;
  return rounded(from + share * (to - from));
}

function rounded(value) {
  return Math.round(value * 10) / 10;
}
