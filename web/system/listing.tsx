import { useSignal, type ReadonlySignal } from '@preact/signals';
import { number, plural } from '../base/format.ts';
import { Button } from '../parts/button.tsx';

/** A number in a cell; nothing is grey, so that what is there stands out. */
export function Count({ value, digits = 0 }: { value: number; digits?: number }) {
  return <td class={value === 0 ? 'end nothing' : 'end'}>{number(value, digits)}</td>;
}

/** The first of many, until somebody wants all. */
export function useFirst(countMax: number): {
  isAll: ReadonlySignal<boolean>;
  first: <T>(items: readonly T[]) => readonly T[];
  showAll: () => void;
} {
  const isAll = useSignal(false);
  return {
    isAll,
    first: (items) => (isAll.value ? items : items.slice(0, countMax)),
    showAll: () => {
      isAll.value = !isAll.value;
    },
  };
}

type RestProps = { first: ReturnType<typeof useFirst>; all: number; what: string };

/** Stands below such a list, where there is more. */
export function Rest({ first, all, what }: RestProps) {
  const isMore = first.first(Array.from({ length: all })).length < all;
  if (!isMore && !first.isAll.value) return null;
  return (
    <div class="more">
      <Button small onPress={first.showAll}>
        {isMore ? `Show all ${plural(all, what)}` : 'Show fewer'}
      </Button>
    </div>
  );
}
