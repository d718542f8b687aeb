import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AppError } from '../../src/platform/errors.ts';
import { refusalOf } from '../base/load.ts';
import { Button } from './button.tsx';
import { Failure } from './notice.tsx';

type PageOf<T> = { items: T[]; nextCursor?: string };

export type Pages<T> = {
  items: readonly T[] | undefined;
  problem: AppError | undefined;
  isLoading: boolean;
  hasMore: boolean;
  more: () => void;
  /** Shows a thing in the state that it has now. */
  put: (changed: T) => void;
  again: () => void;
};

/** A list page by page; it begins anew when `about` changes. */
export function usePages<T extends { id: string }>(
  ask: (cursor: string | undefined, signal: AbortSignal) => Promise<PageOf<T>>,
  about: readonly unknown[],
): Pages<T> {
  const items = useSignal<readonly T[] | undefined>(undefined);
  const cursor = useSignal<string | undefined>(undefined);
  const problem = useSignal<AppError | undefined>(undefined);
  const controller = useSignal(new AbortController());
  const isLoading = useSignal(false);

  async function load(from: string | undefined): Promise<void> {
    controller.peek().abort();
    const mine = new AbortController();
    controller.value = mine;
    isLoading.value = true;
    problem.value = undefined;
    try {
      const page = await ask(from, mine.signal);
      if (mine.signal.aborted) return;
      items.value = from === undefined ? page.items : [...(items.peek() ?? []), ...page.items];
      cursor.value = page.nextCursor;
    } catch (error) {
      if (mine.signal.aborted) return;
      problem.value = refusalOf(error);
    }
    isLoading.value = false;
  }

  useEffect(() => {
    items.value = undefined;
    void load(undefined);
    return () => controller.peek().abort();
  }, about);

  return {
    items: items.value,
    problem: problem.value,
    isLoading: isLoading.value,
    hasMore: cursor.value !== undefined,
    more: () => void load(cursor.peek()),
    put: (changed) => {
      items.value = items.peek()?.map((item) => (item.id === changed.id ? changed : item));
    },
    again: () => void load(undefined),
  };
}

/** What goes below such a list. */
export function More<T>({ pages }: { pages: Pages<T> }) {
  if (pages.problem) return <Failure problem={pages.problem} again={pages.again} />;
  if (!pages.hasMore) return null;
  return (
    <div class="more">
      <Button isBusy={pages.isLoading} onPress={pages.more}>
        Show more
      </Button>
    </div>
  );
}
