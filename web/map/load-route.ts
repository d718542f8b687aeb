import type { Fix } from './fleet.ts';

type Period = { fromMs: number; toMs: number };
type Asked = { from: string; to: string; limit: number; toleranceMeters?: number; cursor?: string };
type Ways = {
  ask: (asked: Asked) => Promise<{ items: Fix[]; nextCursor?: string }>;
  /** How much of the period is there, from 0 to 1. */
  told: (share: number) => void;
};

const pageFixesMax = 1_000;
const pagesMax = 120;
const fixesMax = 50_000;

const hourMs = 3_600_000;

/** How far a line may be from the fixes that are left out; in an hour each one is told. */
export function toleranceOf({ fromMs, toMs }: Period): number | undefined {
  const hours = (toMs - fromMs) / hourMs;
  if (hours <= 1) return undefined;
  return hours <= 6 ? 2 : 5;
}

/** The whole way in this period; cut, when it is more than a page can show. */
export async function loadRoute(
  period: Period,
  { ask, told }: Ways,
): Promise<{ fixes: Fix[]; isCut: boolean }> {
  const toleranceMeters = toleranceOf(period);
  const asked = {
    from: new Date(period.fromMs).toISOString(),
    to: new Date(period.toMs).toISOString(),
    limit: pageFixesMax,
    ...(toleranceMeters !== undefined && { toleranceMeters }),
  };
  const fixes: Fix[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < pagesMax && fixes.length < fixesMax; pages += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins
    const page = await ask({ ...asked, ...(cursor !== undefined && { cursor }) });
    fixes.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === undefined) return { fixes, isCut: false };
    const lastMs = Date.parse(fixes.at(-1)?.timestamp ?? asked.from);
    told((lastMs - period.fromMs) / (period.toMs - period.fromMs));
  }
  return { fixes, isCut: true };
}
