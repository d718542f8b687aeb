import { number } from '../base/format.ts';
import { to } from '../base/routing.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';
import { levelOf, onHand, type Level, type Product } from './product.ts';

const amounts = ['Available', 'Reserved', 'On hand', 'Price'].map(
  (name) => ({ name, end: true }) as const,
);
const columns = ['Product', 'Topic', 'Level', ...amounts];

const looks: Record<Level, readonly [tone: Tone, words: string]> = {
  out: ['bad', 'Out'],
  low: ['warn', 'Low'],
  enough: ['good', 'In stock'],
};

export function LevelBadge({ product }: { product: Product }) {
  const [tone, words] = looks[levelOf(product)];
  return <Badge tone={tone}>{words}</Badge>;
}

export function StockTable({ products }: { products: readonly Product[] }) {
  return (
    <div class="stock-table">
      <Table caption="Products and their stock" columns={columns}>
        {products.map((product) => (
          <tr key={product.id}>
            <td>
              <a href={to('stockItem', { id: product.id })}>{product.title}</a>
              <div class="hint mono">{product.id}</div>
            </td>
            <td class="muted">{product.topic}</td>
            <td>
              <LevelBadge product={product} />
            </td>
            <td class="end" data-name="available">
              <strong>{number(product.available)}</strong>
            </td>
            <td class="end" data-name="reserved">
              {number(product.reserved)}
            </td>
            <td class="end" data-name="on hand">
              {number(onHand(product))}
            </td>
            <td class="end">
              <Money cents={product.unitPriceCents} />
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}
