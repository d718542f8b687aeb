/** A map that forgets: what is old by time, and, when full, what was put in first. */
export type Memory<Value> = {
  get(key: string): Value | undefined;
  set(key: string, value: Value, keepMs: number): void;
  delete(key: string): void;
};

export function remember<Value>(
  entriesMax: number,
  clockMs = () => performance.now(),
): Memory<Value> {
  const entries = new Map<string, { value: Value; untilMs: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry && entry.untilMs > clockMs()) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set(key, value, keepMs) {
      entries.delete(key);
      if (entries.size >= entriesMax) entries.delete(entries.keys().next().value as string);
      entries.set(key, { value, untilMs: clockMs() + keepMs });
    },
    delete: (key) => void entries.delete(key),
  };
}
