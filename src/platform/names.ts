/** Puts values into a path's `:names`. */
export function fill(path: string, values: Record<string, unknown>): string {
  return path.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(values[key])));
}

/** `ifMatch` is the header `if-match`. */
export function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `ifMatch` is the cookie `if_match`. */
export function snake(key: string): string {
  return kebab(key).replaceAll('-', '_');
}

/** `ifMatch` is the setting `IF_MATCH`. */
export function screaming(key: string): string {
  return snake(key).toUpperCase();
}

/** What of an input has one of these names, and is there at all. */
export function pick(
  input: Readonly<Record<string, unknown>>,
  names: object,
): Record<string, unknown> {
  const keys = Object.keys(names).filter((key) => input[key] !== undefined);
  return Object.fromEntries(keys.map((key) => [key, input[key]]));
}
