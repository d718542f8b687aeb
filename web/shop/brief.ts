const lengthMax = 44;

/** A title as it is said in passing. */
export function brief(title: string): string {
  return title.length > lengthMax ? `${title.slice(0, lengthMax - 1).trimEnd()}…` : title;
}
