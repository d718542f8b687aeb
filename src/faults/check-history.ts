import type { FoundOrder } from './facts-store.ts';
import type { Attempt, Seen } from './history.ts';
import type { Line } from './asking.ts';

export type Violation = { checker: string; subject: string; detail: string };

type Told = { attempts: readonly Attempt[]; orders: readonly FoundOrder[] };

const ordered = new Set(['C', 'X', 'F']);
/** What customers may hear besides the outcome of a key; the rest would be a fault of ours. */
const expectedCodes = new Set<string | undefined>([
  'outOfStock',
  'orderVoided',
  'keyReused',
  'conflict',
  // A clock that is an hour wrong makes tokens look old.
  'unauthorized',
]);

/** The outcomes that are those of one body, where a key was used with several. */
const ofBody = new Set<string | undefined>(['ordered', 'outOfStock', 'keyReused']);

/** What customers were told, against what there is in the end. */
export function checkHistory(told: Told): Violation[] {
  return [
    ...checkKeys(told),
    ...checkClosed(told),
    ...checkInvoked(told),
    ...checkReads(told.attempts),
    ...checkCodes(told.attempts),
  ];
}

/** What was heard about one key. */
type Heard = { ids: Set<string>; refusals: Set<string>; byBody: Map<string, Set<string>> };

/** L1, L2 and L3: every answer to a key is the same, for ever, and the rows say so too. */
function checkKeys({ attempts, orders }: Told): Violation[] {
  const byId = new Map(orders.map((order) => [order.id, order.status]));
  const linesOf = new Map(orders.map(({ id, lines }) => [id, merged(lines ?? [])]));
  const byKey = new Map(orders.map(({ userId, key, status }) => [`${userId} ${key}`, status]));
  return [...heardByKey(attempts)].flatMap(([key, heard]) => {
    const refused = [...heard.refusals].join(', and ');
    const status = byKey.get(key) ?? 'no row';
    const lost = [...heard.ids].filter((id) => !ordered.has(byId.get(id) ?? ''));
    const broken: [checker: string, details: string[]][] = [
      ['L1', lost.map((id) => `order ${id} was confirmed, and is ${byId.get(id) ?? 'no row'}`)],
      ['L2', disagreements(heard, linesOf)],
      ['L3', refused && ordered.has(status) ? [`${refused}, and the order is ${status}`] : []],
    ];
    return broken.flatMap(([checker, details]) =>
      details.map((detail) => ({ checker, subject: `key ${key}`, detail })),
    );
  });
}

function disagreements(
  { ids, refusals, byBody }: Heard,
  linesOf: ReadonlyMap<string, string>,
): string[] {
  const outcomes = [...ids].map((id) => `order ${id}`).concat([...refusals]);
  const ofBodies = [...byBody].filter(([, heard]) => heard.size > 1);
  const [id = ''] = ids;
  const foreign = [...byBody].filter(
    ([body, heard]) =>
      heard.has('ordered') && merged(JSON.parse(body) as Line[]) !== linesOf.get(id),
  );
  return [
    ...(outcomes.length > 1 ? [outcomes.join(', and ')] : []),
    ...ofBodies.map(([body, heard]) => `${body}: ${[...heard].join(', and ')}`),
    ...(linesOf.has(id) ? foreign.map(([body]) => `${body}: is order ${id} of other things`) : []),
  ];
}

function heardByKey(attempts: readonly Attempt[]): Map<string, Heard> {
  const ofKeys = attempts.filter(({ f }) => f === 'place' || f === 'placeOther' || f === 'abort');
  const all = new Map<string, Heard>();
  for (const attempt of ofKeys) {
    const { key } = attempt;
    const heard = all.get(key) ?? { ids: new Set(), refusals: new Set(), byBody: new Map() };
    all.set(key, heard);
    hear(heard, attempt);
  }
  return all;
}

function hear({ ids, refusals, byBody }: Heard, attempt: Attempt): void {
  const { body, code, seen } = attempt;
  const id = seen?.[0]?.id;
  const refusal = refusalIn(attempt);
  if (id !== undefined) ids.add(id);
  if (refusal !== undefined) refusals.add(refusal);
  const outcome = id === undefined ? code : 'ordered';
  // Whoever voids an order does not know what it was to be: that outcome fits every body.
  if (body === undefined || !ofBody.has(outcome)) return;
  byBody.set(body, (byBody.get(body) ?? new Set<string>()).add(String(outcome)));
}

function refusalIn({ f, type, code, seen }: Attempt): string | undefined {
  if (code === 'outOfStock' || code === 'orderVoided') return code;
  return f === 'abort' && type === 'ok' && !seen?.length ? 'orderVoided' : undefined;
}

/** L4: who was told that an order is cancelled, or fulfilled, finds it so. */
function checkClosed({ attempts, orders }: Told): Violation[] {
  const statusOf = new Map(orders.map(({ id, status }) => [id, status]));
  return attempts.flatMap(({ f, key, type }) => {
    const wanted = f === 'cancel' ? 'X' : f === 'fulfil' ? 'F' : undefined;
    const status = statusOf.get(key) ?? 'no row';
    if (wanted === undefined || type !== 'ok' || status === wanted) return [];
    return [
      { checker: 'L4', subject: `order ${key}`, detail: `${f} was done, and it is ${status}` },
    ];
  });
}

/** Nothing was ordered that nobody has asked for. */
function checkInvoked({ attempts, orders }: Told): Violation[] {
  const wishes = new Map<string, Set<string>>();
  for (const { f, key, body } of attempts) {
    if ((f !== 'place' && f !== 'placeOther') || body === undefined) continue;
    wishes.set(key, (wishes.get(key) ?? new Set()).add(merged(JSON.parse(body) as Line[])));
  }
  return orders.flatMap(({ id, status, userId, key, lines }) => {
    if (!ordered.has(status) || wishes.get(`${userId} ${key}`)?.has(merged(lines ?? []))) return [];
    const detail = `under key ${key}: ${merged(lines ?? [])}, which nobody has asked for`;
    return [{ checker: 'set-full', subject: `order ${id}`, detail }];
  });
}

/** Lines as they are compared: equal products together, in one order. */
export function merged(lines: readonly Line[]): string {
  const sums = new Map<string, number>();
  for (const { productId, quantity } of lines) {
    sums.set(productId, (sums.get(productId) ?? 0) + quantity);
  }
  return JSON.stringify([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is known stays known, is seen by whom it belongs to, and never goes back. */
function checkReads(attempts: readonly Attempt[]): Violation[] {
  const newest = new Map<string, Seen>();
  const done = attempts.toSorted((a, b) => a.endedMs - b.endedMs);
  let next = 0;
  const learn = (beforeMs: number): void => {
    for (let one = done[next]; one && one.endedMs < beforeMs; one = done[next]) {
      for (const seen of one.seen ?? []) {
        if (!(Number(newest.get(seen.id)?.version) > Number(seen.version)))
          newest.set(seen.id, seen);
      }
      next += 1;
    }
  };
  const begun = attempts.toSorted((a, b) => a.startedMs - b.startedMs);
  return begun.flatMap((attempt) => {
    // Only what had come back before this one was asked for binds it.
    learn(attempt.startedMs);
    return contradictions(attempt, newest);
  });
}

function contradictions(
  { f, key, code, seen = [] }: Attempt,
  newest: ReadonlyMap<string, Seen>,
): Violation[] {
  const touches = f === 'get' || f === 'cancel' || f === 'fulfil';
  if (touches && code === 'notFound') {
    return [{ checker: 'reads', subject: `order ${key}`, detail: 'was known, and is not found' }];
  }
  return seen.flatMap(({ id, version, status, userId }) => {
    const subject = `order ${id}`;
    if (f === 'list' && userId !== key) {
      return [{ checker: 'reads', subject, detail: `is shown to ${key}, whose it is not` }];
    }
    const before = newest.get(id);
    const isBack = before && Number(version) < Number(before.version);
    const isOther = before?.version === version && before.status !== status;
    if (!isBack && !isOther) return [];
    return [{ checker: 'reads', subject, detail: `was ${before.status}, then ${status} (${f})` }];
  });
}

/** A refusal that no customer should ever see; 500 above all. */
function checkCodes(attempts: readonly Attempt[]): Violation[] {
  return attempts.flatMap(({ f, key, type, code }) => {
    const isFault = code === 'internal' || (type === 'fail' && !expectedCodes.has(code));
    if (!isFault || code === 'notFound') return [];
    return [{ checker: 'answers', subject: `${f} ${key}`, detail: `was answered ${code}` }];
  });
}
