export type Allowance = { allowed: boolean; remaining: number; resetSeconds: number };

export type Limiter = {
  name: string;
  perMinuteMax: number;
  take: (key: string) => Allowance;
};

const windowMs = 60_000;
const keysMax = 50_000;

/**
 * At most `perMinuteMax` requests a minute for each key, spent all at once or evenly: the allowance
 * grows back continuously. Keeps one number a key, and forgets those who came longest ago.
 */
export function createLimiter(
  name: string,
  perMinuteMax: number,
  clockMs = () => performance.now(),
): Limiter {
  const costMs = windowMs / perMinuteMax;
  // When the key will have all of its allowance back.
  const fullAtMs = new Map<string, number>();

  return {
    name,
    perMinuteMax,
    take(key) {
      const nowMs = clockMs();
      const owedMs = Math.max(0, (fullAtMs.get(key) ?? 0) - nowMs);
      const allowed = owedMs + costMs <= windowMs;
      const owesMs = allowed ? owedMs + costMs : owedMs;
      fullAtMs.delete(key);
      if (fullAtMs.size >= keysMax) fullAtMs.delete(fullAtMs.keys().next().value as string);
      fullAtMs.set(key, nowMs + owesMs);
      const remaining = Math.floor((windowMs - owesMs) / costMs);
      const waitMs = allowed ? owesMs : owedMs + costMs - windowMs;
      return { allowed, remaining, resetSeconds: Math.ceil(waitMs / 1_000) };
    },
  };
}
