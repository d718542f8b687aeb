import { useSignal } from '@preact/signals';
import { number } from '../base/format.ts';
import { useLoad } from '../base/load.ts';
import { place, to } from '../base/routing.ts';
import { api } from '../base/session.ts';
import { Button, ButtonLink } from '../parts/button.tsx';
import { Shown } from '../parts/loaded.tsx';
import { Money } from '../parts/money.tsx';
import { Empty } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { Holds } from './holds.tsx';
import { Ledger } from './ledger.tsx';
import { MoveDialog, type MoveKind } from './move-dialog.tsx';
import { onHand, type Product } from './product.ts';
import { LevelBadge } from './stock-table.tsx';
import './stock.css';
import './stock-item.css';

const everyMs = 1_500;
const back = { href: to('stock'), label: 'Stock' };

/** One product behind the counter: its stock, its words, and how it came to have them. */
export function StockItemPage() {
  const id = place.value.params['id'] ?? '';
  const product = useLoad((signal) => api.getProduct({ id }, { signal }), [id], { everyMs });
  const value = product.value.value;
  const code = product.problem.value?.code;
  if (!value && (code === 'notFound' || code === 'invalid')) return <NoProduct id={id} />;
  return (
    <Page
      title={value?.title ?? 'Product'}
      back={back}
      actions={
        <ButtonLink href={to('product', { id })} icon="shop">
          In the shop
        </ButtonLink>
      }
    >
      <Shown of={product} rows={6} what="The product did not come.">
        {(current) => (
          <div class="stack">
            <Levels product={current} onMoved={product.again} />
            <div class="columns">
              <Ledger product={current} />
              <div class="stack">
                <About product={current} onSaved={product.again} />
                <Holds product={current} onChanged={product.again} />
              </div>
            </div>
          </div>
        )}
      </Shown>
    </Page>
  );
}

function Levels({ product, onMoved }: { product: Product; onMoved: () => void }) {
  const kind = useSignal<MoveKind | undefined>(undefined);
  const { available, reserved } = product;
  const choose = (chosen: MoveKind | undefined) => () => {
    kind.value = chosen;
  };
  return (
    <section class="card section stock-levels" aria-label="Stock">
      <dl>
        <div>
          <dt>Available</dt>
          <dd>
            {number(available)} <LevelBadge product={product} />
          </dd>
        </div>
        <div>
          <dt>Reserved</dt>
          <dd>{number(reserved)}</dd>
        </div>
        <div>
          <dt>On hand</dt>
          <dd>{number(onHand(product))}</dd>
        </div>
      </dl>
      <div class="actions">
        <Button look="primary" icon="plus" onPress={choose('restock')}>
          Restock
        </Button>
        <Button onPress={choose('correction')}>Correct</Button>
      </div>
      {kind.value && (
        <MoveDialog
          product={product}
          kind={kind.value}
          onMoved={onMoved}
          onClose={choose(undefined)}
        />
      )}
    </section>
  );
}

function About({ product, onSaved }: { product: Product; onSaved: () => void }) {
  const isChanging = useSignal(false);
  const change = (
    <Button
      small
      onPress={() => {
        isChanging.value = true;
      }}
    >
      Change
    </Button>
  );
  return (
    <Section title="Product" actions={change}>
      <dl class="facts">
        <dt>Price</dt>
        <dd>
          <Money cents={product.unitPriceCents} />
        </dd>
        <dt>Topic</dt>
        <dd>{product.topic}</dd>
        <dt>Id</dt>
        <dd>
          <code>{product.id}</code>
        </dd>
        <dt>Changed</dt>
        <dd>
          <Time at={product.updatedAt} />
        </dd>
      </dl>
      {product.description && <p class="stock-words">{product.description}</p>}
      {isChanging.value && (
        <EditDialog
          product={product}
          onSaved={onSaved}
          onClose={() => {
            isChanging.value = false;
          }}
        />
      )}
    </Section>
  );
}

function NoProduct({ id }: { id: string }) {
  return (
    <Page title="No such product" back={back}>
      <Empty icon="search" title={`There is no product ${id}`}>
        <p>Look at its id again, or find it in the list.</p>
        <ButtonLink href={to('stock')}>All products</ButtonLink>
      </Empty>
    </Page>
  );
}
