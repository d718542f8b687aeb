import { query, showInAddress } from '../base/routing.ts';
import { useTyped } from '../base/typing.ts';
import { Check, Field, Select } from '../parts/field.tsx';
import {
  addressOf,
  changedWishes,
  sortNames,
  wishesIn,
  wordsLengthMax,
  type Sort,
  type Wishes,
} from './wishes.ts';

const pauseMs = 150;

/** Words, order and what is there: each change is in the address at once, words after a pause. */
export function Search({ wishes }: { wishes: Wishes }) {
  const typed = useTyped(wishes.q, (q) => wish({ q }), pauseMs);
  return (
    <form class="search" role="search" onSubmit={(event) => event.preventDefault()}>
      <Field
        label="Search the shop"
        type="search"
        placeholder="Title, topic or words"
        maxLength={wordsLengthMax}
        autoComplete="off"
        value={typed.text}
        onValue={typed.type}
      />
      <Select
        label="Sort by"
        value={wishes.sort}
        options={sortNames.filter(([sort]) => wishes.q || sort !== 'relevance')}
        onValue={(sort) => wish({ sort: sort as Sort })}
      />
      <Check
        label="In stock only"
        isOn={wishes.inStock}
        onChange={(inStock) => wish({ inStock })}
      />
    </form>
  );
}

/** Changes what the address says by now, which may be more than what was on the page. */
export function wish(change: Partial<Wishes>): void {
  showInAddress(addressOf(changedWishes(wishesIn(query.peek()), change)));
}
