/** A centimetre on the ground; no receiver knows better. */
const degreesDigits = 7;

/** A number as XML and JSON both write it: without an exponent, and no longer than it must be. */
export function decimal(value: number, digitsMax: number): string {
  return value.toFixed(digitsMax).replace(/\.?0+$/, '');
}

export const degreesText = (degrees: number): string => decimal(degrees, degreesDigits);

/** From -180 up to, but not including, 180, so that a place has one name; as it will be written. */
export function writtenLongitude(longitude: number): number {
  const rounded = Number(longitude.toFixed(degreesDigits));
  return rounded === 180 ? -180 : rounded;
}
