import { number } from '../base/format.ts';
import { to } from '../base/routing.ts';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';
import type { Order } from './status-badge.tsx';
import './orders.css';

const asNumber = (name: string) => ({ name, end: true }) as const;

/** What was ordered, at the prices of that moment. */
export function OrderLines({ order }: { order: Order }) {
  const { lines, totalCents, currency } = order;
  const columns = ['Product', ...['Quantity', 'Sum'].map(asNumber)];
  return (
    <div class="order-lines">
      <Table caption="What was ordered" columns={columns}>
        {lines.map(({ productId, title, quantity, unitPriceCents }) => (
          <tr key={productId}>
            <td>
              <a href={to('product', { id: productId })}>{title}</a>
              <p class="hint">
                <Money cents={unitPriceCents} currency={currency} /> each
              </p>
            </td>
            <td class="end">{number(quantity)}</td>
            <td class="end">
              <Money cents={unitPriceCents * quantity} currency={currency} />
            </td>
          </tr>
        ))}
      </Table>
      <p class="order-total">
        <span>Total</span>
        <strong>
          <Money cents={totalCents} currency={currency} />
        </strong>
      </p>
    </div>
  );
}
