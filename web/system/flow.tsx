import { number } from '../base/format.ts';
import { Section } from '../parts/page.tsx';
import { Table } from '../parts/table.tsx';
import { batchersOf, poolsOf } from './combine.ts';
import { Count } from './listing.tsx';
import type { Process } from './shapes.ts';

const end = (name: string) => ({ name, end: true as const });

/** What travels together, and what waits for that. */
export function BatchersSection({ processes }: { processes: readonly Process[] }) {
  const batchers = batchersOf(processes);
  return (
    <Section title="Batchers">
      {batchers.length === 0 ? (
        <p class="muted">Nothing has travelled in batches since the start.</p>
      ) : (
        <Table
          caption="Batchers"
          columns={['Of', end('Batches'), end('Items'), end('Mean size'), end('Waiting')]}
        >
          {batchers.map(({ name, batches, items, meanSize, waiting }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <Count value={batches} />
              <Count value={items} />
              <td class="end">{number(meanSize, 1)}</td>
              <Waiting value={waiting} />
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}

/** Connections to databases. */
export function PoolsSection({ processes }: { processes: readonly Process[] }) {
  const pools = poolsOf(processes);
  return (
    <Section title="Connection pools">
      {pools.length === 0 ? (
        <p class="muted">No process here has a database of its own.</p>
      ) : (
        <Table
          caption="Connection pools"
          columns={['Of', end('Busy'), end('Idle'), end('Waiting callers')]}
        >
          {pools.map(({ service, busy, idle, waiting }) => (
            <tr key={service}>
              <th scope="row">{service.replaceAll('+', ', ')}</th>
              <Count value={busy} />
              <Count value={idle} />
              <Waiting value={waiting} />
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}

function Waiting({ value }: { value: number }) {
  return <td class={value > 0 ? 'end slow' : 'end nothing'}>{number(value)}</td>;
}
