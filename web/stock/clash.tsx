import { about } from '../base/about.ts';
import { money } from '../base/format.ts';
import { Table } from '../parts/table.tsx';
import { clashOf, fieldNames, type Draft, type Field } from './draft.ts';
import { centsOf } from './price.ts';

type Props = { read: Draft; mine: Draft; theirs: Draft };

/** What was to be saved beside what is there by now. */
export function Clash({ read, mine, theirs }: Props) {
  const { both, theirsOnly } = clashOf(read, mine, theirs);
  return (
    <div class="stock-clash" role="alert">
      <p>
        This product was changed after you had opened it, so yours was not saved. Which one should
        it be?
      </p>
      <Table caption="Yours, and what is there now" columns={['Field', 'Yours', 'There now']}>
        {both.map((field) => (
          <tr key={field}>
            <th scope="row">{fieldNames[field]}</th>
            <td>{shown(mine, field)}</td>
            <td>{shown(theirs, field)}</td>
          </tr>
        ))}
      </Table>
      {theirsOnly.length > 0 && (
        <p class="hint stock-also">
          Also changed, and kept either way:{' '}
          {theirsOnly.map((field) => fieldNames[field].toLowerCase()).join(', ')}.
        </p>
      )}
    </div>
  );
}

function shown(draft: Draft, field: Field): string {
  if (field !== 'price') return draft[field].trim() || 'nothing';
  const cents = centsOf(draft.price);
  const currency = about.value?.currency;
  return cents !== undefined && currency ? money(cents, currency) : draft.price;
}
