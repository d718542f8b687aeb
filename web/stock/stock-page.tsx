import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { query, showInAddress } from '../base/routing.ts';
import { Button } from '../parts/button.tsx';
import { Empty, Failure, Waiting } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { AddDialog } from './add-dialog.tsx';
import { BooksPanel } from './books-panel.tsx';
import { StockFilters } from './stock-filters.tsx';
import { StockTable } from './stock-table.tsx';
import { isNarrowed, pagesMax, useStock, wishesOf } from './stock-list.ts';
import './stock.css';

/** What is on the shelves, and whether the books add up. */
export function StockPage() {
  const isAdding = useSignal(false);
  const add = (
    <Button
      look="primary"
      icon="plus"
      onPress={() => {
        isAdding.value = true;
      }}
    >
      Add a product
    </Button>
  );
  return (
    <Page title="Stock" actions={add} wide>
      <BooksPanel />
      <Shelves />
      {isAdding.value && (
        <AddDialog
          onClose={() => {
            isAdding.value = false;
          }}
        />
      )}
    </Page>
  );
}

function Shelves() {
  const wishes = wishesOf(query.value);
  const stock = useStock(wishes);
  const before = useRef(stock.value.value);
  // While other words are looked for, the list stays instead of flickering.
  before.current = stock.value.value ?? before.current;
  const shown = before.current;
  const problem = stock.problem.value;
  return (
    <>
      <StockFilters wishes={wishes} />
      {problem && (
        <Failure problem={problem} what="The stock could not be read." again={stock.again} />
      )}
      {!shown && !problem && <Waiting rows={8} />}
      {shown && (
        <section class="card section" aria-label="Products">
          {shown.items.length > 0 ? (
            <StockTable products={shown.items} />
          ) : (
            <NoProducts isNarrowed={isNarrowed(wishes)} />
          )}
          <Below pages={wishes.pages} hasMore={shown.hasMore} />
        </section>
      )}
    </>
  );
}

function Below({ pages, hasMore }: { pages: number; hasMore: boolean }) {
  if (!hasMore) return null;
  if (pages >= pagesMax) {
    return <p class="hint stock-more">There are more. Search, or choose a topic, to find them.</p>;
  }
  return (
    <div class="more">
      <Button onPress={() => showInAddress({ pages: String(pages + 1) })}>Show more</Button>
    </div>
  );
}

function NoProducts({ isNarrowed: hasWishes }: { isNarrowed: boolean }) {
  return hasWishes ? (
    <Empty icon="search" title="Nothing fits">
      <p>Try other words, or another topic.</p>
      <Button onPress={() => showInAddress({ q: undefined, topic: undefined, inStock: undefined })}>
        Show all products
      </Button>
    </Empty>
  ) : (
    <Empty icon="stock" title="The shelves are empty">
      <p>Add the first product, and it can be ordered at once.</p>
    </Empty>
  );
}
