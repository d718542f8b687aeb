import { useSignal } from '@preact/signals';
import { query } from '../base/routing.ts';
import { api } from '../base/session.ts';
import { Empty, Waiting } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { More, usePages } from '../parts/pager.tsx';
import { Table } from '../parts/table.tsx';
import { filtersOf } from './filters.ts';
import { PeopleFilters } from './people-filters.tsx';
import './people.css';
import { PersonDialog, type Asked } from './person-dialog.tsx';
import { PersonRow } from './person-row.tsx';

const columns = ['Number', 'Who', 'E-mail', 'Role', 'Since', ''] as const;

/** Everybody with an account, and what staff may do about it. */
export function PeoplePage() {
  const filters = filtersOf(query.value);
  const pages = usePages(
    (cursor, signal) => api.listUsers({ ...filters, cursor, limit: 50 }, { signal }),
    [JSON.stringify(filters)],
  );
  const asked = useSignal<Asked | undefined>(undefined);
  return (
    <Page title="People">
      <PeopleFilters />
      {!pages.items && !pages.problem && <Waiting rows={6} />}
      {pages.items?.length === 0 && (
        <Empty icon="people" title="Nobody is like this">
          <p>A search finds how a username or an e-mail address begins. Try less of it.</p>
        </Empty>
      )}
      {pages.items && pages.items.length > 0 && (
        <div class="card people">
          <Table caption="People" columns={columns}>
            {pages.items.map((person) => (
              <PersonRow
                key={person.id}
                person={person}
                onAsk={(kind) => {
                  asked.value = { kind, person };
                }}
              />
            ))}
          </Table>
        </div>
      )}
      <More pages={pages} />
      {asked.value && (
        <PersonDialog
          asked={asked.value}
          onChanged={pages.put}
          onClose={() => {
            asked.value = undefined;
          }}
        />
      )}
    </Page>
  );
}
