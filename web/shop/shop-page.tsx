import { plural } from '../base/format.ts';
import { query, to } from '../base/routing.ts';
import { isSettled, user } from '../base/session.ts';
import { Button } from '../parts/button.tsx';
import { Shown } from '../parts/loaded.tsx';
import { Empty } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { shownMax, useListing, type Listing } from './listing.ts';
import { useStockNews } from './news.ts';
import { ProductCard } from './product-card.tsx';
import { Search, wish } from './search.tsx';
import { Topics } from './topics.tsx';
import { wishesIn, type Wishes } from './wishes.ts';
import './shop.css';

/** Everything that can be bought, with what it costs and how much is left right now. */
export function ShopPage() {
  const wishes = wishesIn(query.value);
  const { loaded, count, showMore } = useListing(wishes);
  useStockNews(loaded.value.value?.items);
  return (
    <Page title="Shop">
      <Welcome />
      <Search wishes={wishes} />
      <Topics chosen={wishes.topic} onChoose={(topic) => wish({ topic })} />
      <Shown of={loaded} rows={8} what="The shop could not be read.">
        {(listing) => (
          <Products
            {...{ listing, count, showMore }}
            isWaiting={loaded.isLoading.value}
            isOld={JSON.stringify(listing.wishes) !== JSON.stringify(wishes)}
          />
        )}
      </Shown>
    </Page>
  );
}

function Welcome() {
  if (user.value || !isSettled.value) return null;
  return (
    <p class="welcome">
      Welcome to Bazar. Prices and stock are live: what you see is what is there right now. You need
      an account only to order; <a href={to('register')}>opening one</a> takes a minute.
    </p>
  );
}

type ProductsProps = {
  listing: Listing;
  count: number;
  showMore: () => void;
  isWaiting: boolean;
  /** It answers what was wished for before. */
  isOld: boolean;
};

function Products({ listing, count, showMore, isWaiting, isOld }: ProductsProps) {
  const { items, hasMore, wishes } = listing;
  if (items.length === 0) return <NothingFound wishes={wishes} />;
  return (
    <>
      <p class="found hint" role="status">
        {plural(items.length, 'product')}
        {hasMore && ' shown, and there are more'}
      </p>
      <ul class={isOld ? 'products old' : 'products'}>
        {items.map((product) => (
          <ProductCard key={product.id} product={product} />
        ))}
      </ul>
      {hasMore && (
        <div class="more">
          {count < shownMax ? (
            <Button isBusy={isWaiting && items.length < count} onPress={showMore}>
              Show more
            </Button>
          ) : (
            <p class="hint">These are the first {shownMax}. Search to find the others.</p>
          )}
        </div>
      )}
    </>
  );
}

const everything = { q: '', topic: '', inStock: false };

function NothingFound({ wishes }: { wishes: Wishes }) {
  const { q, topic, inStock } = wishes;
  const isWide = !q && !topic && !inStock;
  return (
    <Empty icon="search" title={isWide ? 'The shop is empty' : 'Nothing like that is here'}>
      {isWide ? (
        <p>Products appear here as soon as the shop has some.</p>
      ) : (
        <>
          <p role="status">
            No product matches
            {q && ` “${q}”`}
            {topic && ` in ${topic}`}
            {inStock && ', of those in stock'}. Try fewer or shorter words.
          </p>
          <Button onPress={() => wish(everything)}>Show everything</Button>
        </>
      )}
    </Empty>
  );
}
