const countForm = /^[+-]?\d{1,10}$/;

/** A whole number between the two that somebody has typed; undefined if it is none. */
export function countOf(text: string, min: number, max: number): number | undefined {
  const compact = text.trim().replace('−', '-');
  if (!countForm.test(compact)) return undefined;
  const count = Number(compact);
  return count >= min && count <= max ? count : undefined;
}

/** "+5", "−2". */
export function signed(delta: number, form: (value: number) => string): string {
  return delta < 0 ? `−${form(-delta)}` : `+${form(delta)}`;
}
