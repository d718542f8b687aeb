import { Fragment } from 'preact';
import { useSignal } from '@preact/signals';
import { number } from '../base/format.ts';
import { Button } from '../parts/button.tsx';
import { Field, Select } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { Section } from '../parts/page.tsx';
import { operationsOf } from './combine.ts';
import { Count, Rest, useFirst } from './listing.tsx';
import { fine } from './measures.ts';
import { chooseOperations, nextOrder, type Column, type Kind, type Order } from './order.ts';
import { nameOf, type Operation, type Process } from './shapes.ts';

const rowsMax = 12;
const everywhere = '';
const kinds: readonly (readonly [Kind, string])[] = [
  ['all', 'All'],
  ['busy', 'Busy'],
  ['errors', 'With errors'],
];

/** Every operation that was asked for, of all processes together or of one. */
export function OperationsSection({ processes }: { processes: readonly Process[] }) {
  const where = useSignal(everywhere);
  const text = useSignal('');
  const kind = useSignal<Kind>('all');
  const order = useSignal<Order>({ by: 'requests', isDown: true });
  const first = useFirst(rowsMax);
  const one = processes.find(({ id }) => id === where.value);
  const all = operationsOf(one ? [one] : processes);
  const wanted = { text: text.value, kind: kind.value, order: order.value };
  const found = chooseOperations(all, wanted);
  return (
    <Section title="Operations">
      <div class="filters">
        <Field
          {...{ label: 'Find an operation', type: 'search', maxLength: 100 }}
          value={text.value}
          onValue={(value) => {
            text.value = value;
          }}
        />
        <Kinds
          kind={kind.value}
          onKind={(value) => {
            kind.value = value;
          }}
        />
        {processes.length > 1 && (
          <Select
            label="In"
            value={one ? one.id : everywhere}
            options={[
              [everywhere, 'all processes together'],
              ...processes.map((process) => [process.id, nameOf(process)] as const),
            ]}
            onValue={(id) => {
              where.value = id;
            }}
          />
        )}
      </div>
      <OperationsTable
        operations={first.first(found)}
        order={order.value}
        onOrder={(by) => {
          order.value = nextOrder(order.value, by);
        }}
      />
      {found.length === 0 && <p class="muted none">{emptyWords(all, wanted)}</p>}
      <Rest first={first} all={found.length} what="operation" />
      <p class="hint">
        Requests, refused (4xx) and errors (5xx) since the start; per second in the last minute; p50
        and p99 in the last five minutes.
        {!one &&
          processes.length > 1 &&
          ' A request counts in each process that it goes through. Of times the slowest process is shown.'}
      </p>
    </Section>
  );
}

function emptyWords(all: readonly Operation[], { text, kind }: { text: string; kind: Kind }) {
  if (all.length === 0) return 'Nothing was asked for since the start.';
  if (text.trim() !== '') return `No operation here has “${text.trim()}” in its name.`;
  return kind === 'busy' ? 'Nothing was asked for in the last minute.' : 'None has had errors.';
}

function Kinds({ kind, onKind }: { kind: Kind; onKind: (kind: Kind) => void }) {
  return (
    <div class="choice" role="group" aria-label="Which operations">
      {kinds.map(([value, label]) => (
        <Button key={value} isPressed={value === kind} onPress={() => onKind(value)}>
          {label}
        </Button>
      ))}
    </div>
  );
}

const columns: readonly (readonly [Column, string])[] = [
  ['operation', 'Operation'],
  ['requests', 'Requests'],
  ['perSecond', 'Per second'],
  ['refusals', 'Refused'],
  ['errors', 'Errors'],
  ['p50Ms', 'p50'],
  ['p99Ms', 'p99'],
];

type TableProps = {
  operations: readonly Operation[];
  order: Order;
  onOrder: (by: Column) => void;
};

function OperationsTable({ operations, order, onOrder }: TableProps) {
  return (
    // Who has no mouse scrolls it with the arrow keys.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div class="table" role="region" aria-label="Operations" tabIndex={0}>
      <table class="operations">
        <caption class="unseen">Operations, sorted by the column that is marked</caption>
        <thead>
          <tr>
            {columns.map(([column, name], i) => (
              <th
                key={column}
                scope="col"
                class={i === 0 ? undefined : 'end'}
                aria-sort={
                  column === order.by ? (order.isDown ? 'descending' : 'ascending') : undefined
                }
              >
                <button type="button" class="sort" onClick={() => onOrder(column)}>
                  {name}
                  <Icon name="down" />
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {operations.map((operation) => (
            <Row key={operation.operation} {...operation} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row(row: Operation) {
  return (
    <tr>
      <th scope="row">
        {wordsOf(row.operation)}
        {row.operation === 'none' && <span class="detail">no such address</span>}
      </th>
      <Count value={row.requests} />
      <Count value={row.perSecond} digits={fine(row.perSecond)} />
      <Count value={row.refusals} />
      <td class={row.errors > 0 ? 'end wrong' : 'end nothing'}>{number(row.errors)}</td>
      <Milliseconds value={row.p50Ms} />
      <Milliseconds value={row.p99Ms} />
    </tr>
  );
}

/** Long names may go on in the next line where a word begins. */
function wordsOf(name: string) {
  return name.split(/(?=[A-Z])/).map((word, i) => (
    <Fragment key={i}>
      {i > 0 && <wbr />}
      {word}
    </Fragment>
  ));
}

function Milliseconds({ value }: { value: number | undefined }) {
  return value === undefined ? (
    <td class="end nothing">–</td>
  ) : (
    <td class="end">{number(value, fine(value))} ms</td>
  );
}
