import { since } from '../base/format.ts';
import { useLoad } from '../base/load.ts';
import { api } from '../base/session.ts';
import { Badge } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { Shown } from '../parts/loaded.tsx';
import { booksOf, meaningOf, type Books, type Rule } from './books.ts';

const everyMs = 3_000;

/** Whether what is on the shelves, in the ledger and in the orders is one and the same. */
export function BooksPanel() {
  const system = useLoad((signal) => api.getSystem({}, { signal }), [], { everyMs });
  return (
    <section class="card section stock-books" aria-label="Books">
      <Shown of={system} rows={1} what="Nobody knows whether the books add up.">
        {({ at, processes }) => <Verdict at={at} books={booksOf(processes)} />}
      </Shown>
    </section>
  );
}

function Verdict({ at, books }: { at: string; books: Books }) {
  const { rules, violated, checkedAt } = books;
  const isFine = violated.length === 0;
  const look = isFine ? (checkedAt ? 'good' : 'unknown') : 'bad';
  // By the clock of Bazar on both sides: the reader's may be wrong.
  const seconds = checkedAt ? Math.max(0, (Date.parse(at) - Date.parse(checkedAt)) / 1_000) : 0;
  return (
    <details open={!isFine}>
      <summary class={look}>
        <Icon name={isFine ? 'check' : 'alert'} />
        <strong role="status">{verdictWords(books)}</strong>
        {checkedAt && <span class="muted">checked {since(seconds)}</span>}
        <span class="stock-what">What is checked</span>
      </summary>
      {!isFine && (
        <p>
          What was found stays marked until Bazar starts again. Which product or order it is, the
          log says, and so does the command <code>audit</code>.
        </p>
      )}
      <ul>
        {rules.map((rule) => (
          <RuleLine key={`${rule.service} ${rule.invariant}`} rule={rule} />
        ))}
      </ul>
    </details>
  );
}

function RuleLine({ rule }: { rule: Rule }) {
  const isFine = rule.violations === 0;
  return (
    <li>
      <Badge tone={isFine ? 'good' : 'bad'}>{isFine ? 'Kept' : 'Violated'}</Badge>
      <span>
        <strong>
          {rule.invariant} of {rule.service}
        </strong>{' '}
        {meaningOf(rule)}
      </span>
    </li>
  );
}

function verdictWords({ violated, checkedAt }: Books): string {
  if (violated.length > 0) {
    const names = violated.map(({ service, invariant }) => `${invariant} of ${service}`);
    return `The books do not add up: ${names.join(', ')}`;
  }
  return checkedAt ? 'The books add up' : 'The books were not checked yet';
}
