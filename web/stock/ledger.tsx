import { useEffect, useRef } from 'preact/hooks';
import { number } from '../base/format.ts';
import { to } from '../base/routing.ts';
import { api } from '../base/session.ts';
import { PersonName } from '../orders/staff-name.tsx';
import { Button } from '../parts/button.tsx';
import { Empty, Waiting } from '../parts/notice.tsx';
import { Section } from '../parts/page.tsx';
import { More, usePages, type Pages } from '../parts/pager.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { signed } from './count.ts';
import { onHand, type Product } from './product.ts';

type Move = Awaited<ReturnType<typeof api.listStockMoves>>['items'][number];

const pageRows = 20;
const amounts = ['Change', 'Available after'].map((name) => ({ name, end: true }) as const);
const columns = ['When', ...amounts, 'Why', 'By'];

const reasons: Record<Move['reason'], string> = {
  restock: 'Restock',
  correction: 'Correction',
  seed: 'First stock',
  shipped: 'Shipped with an order',
};

/** All that came and went; what is on hand is the sum of it. */
export function Ledger({ product }: { product: Product }) {
  const { id } = product;
  const ask = (cursor: string | undefined, signal: AbortSignal) =>
    api.listStockMoves({ id, limit: pageRows, cursor }, { signal });
  const moves = usePages(ask, [id]);
  const isDeep = (moves.items?.length ?? 0) > pageRows;
  const isStale = useStale(onHand(product), isDeep, moves.again);
  const newest = (
    <Button small onPress={moves.again}>
      Show what is new
    </Button>
  );
  return (
    <Section title="Ledger" actions={isDeep && isStale ? newest : undefined}>
      <Lines moves={moves} />
      <More pages={moves} />
    </Section>
  );
}

function Lines({ moves: { items, problem } }: { moves: Pages<Move> }) {
  if (!items) return problem ? null : <Waiting rows={4} />;
  if (items.length === 0) {
    return (
      <Empty icon="stock" title="Nothing was ever here">
        <p>Restock it, and the first line is written.</p>
      </Empty>
    );
  }
  return (
    <div class="stock-ledger">
      <Table caption="Stock moves, newest first" columns={columns}>
        {items.map((move) => (
          <Line key={move.id} move={move} />
        ))}
      </Table>
    </div>
  );
}

/**
 * Each line of the ledger changes what is on hand, and nothing else does. Who reads further down is
 * not thrown back to the top, but told.
 */
function useStale(count: number, isDeep: boolean, again: () => void): boolean {
  const read = useRef(count);
  const isStale = read.current !== count;
  useEffect(() => {
    if (!isStale || isDeep) return;
    read.current = count;
    again();
  }, [count, isDeep]);
  return isStale;
}

function Line({ move }: { move: Move }) {
  const { delta, reason, note, availableAfter, at, byUserId } = move;
  return (
    <tr>
      <td>
        <Time at={at} />
      </td>
      <td class={delta < 0 ? 'end stock-less' : 'end stock-more-in'}>{signed(delta, number)}</td>
      <td class="end">{number(availableAfter)}</td>
      <td>
        {reasons[reason]}
        {note && <Note text={note} />}
      </td>
      <td>{byUserId ? <PersonName id={byUserId} /> : 'Bazar'}</td>
    </tr>
  );
}

/** What has left with an order leads to that order. */
function Note({ text }: { text: string }) {
  const [, id] = /^order ([0-9a-f-]{36})$/.exec(text) ?? [];
  return (
    <div class="hint">
      {id ? <a href={to('staffOrder', { id })}>order {id.slice(0, 8)}…</a> : text}
    </div>
  );
}
