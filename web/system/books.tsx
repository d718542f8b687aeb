import { clock, exactTime, number } from '../base/format.ts';
import { Badge } from '../parts/badge.tsx';
import { Section } from '../parts/page.tsx';
import { Table } from '../parts/table.tsx';
import { rulesOf, securityOf, type Rule } from './combine.ts';
import { Count } from './listing.tsx';
import type { Process } from './shapes.ts';
import { ruleWords, spoken } from './words.ts';

const end = (name: string) => ({ name, end: true as const });

/** What must hold in the books, and whether it does. */
export function BooksSection({ processes }: { processes: readonly Process[] }) {
  const rules = rulesOf(processes);
  return (
    <Section title="Books">
      {rules.length === 0 ? (
        <p class="muted">No process here keeps books.</p>
      ) : (
        <Table caption="Invariants" columns={['Must hold', end('Violations')]}>
          {rules.map((rule) => (
            <RuleRow key={`${rule.service} ${rule.invariant}`} {...rule} />
          ))}
        </Table>
      )}
    </Section>
  );
}

function RuleRow({ service, invariant, violations, auditedAt }: Rule) {
  return (
    <tr class={violations > 0 ? 'violated' : undefined}>
      <th scope="row">
        {invariant} of {service}
        <span class="detail">{ruleWords(service, invariant)}</span>
        <span class="detail">
          {auditedAt ? <AuditTime at={auditedAt} /> : 'Is being audited for the first time'}
        </span>
      </th>
      <td class="end">
        <Badge tone={violations === 0 ? 'good' : 'bad'}>{number(violations)}</Badge>
      </td>
    </tr>
  );
}

function AuditTime({ at }: { at: string }) {
  return (
    <>
      Last audit{' '}
      <time dateTime={at} title={exactTime(at)}>
        {clock(at)}
      </time>
    </>
  );
}

/** What somebody may have tried, and what staff has changed. */
export function SecuritySection({ processes }: { processes: readonly Process[] }) {
  const events = securityOf(processes);
  return (
    <Section title="Security events">
      {events.length === 0 ? (
        <p class="muted">None since the start.</p>
      ) : (
        <Table caption="Security events" columns={['Event', end('Since the start')]}>
          {events.map(({ event, count }) => (
            <tr key={event}>
              <th scope="row">{spoken(event)}</th>
              <Count value={count} />
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}
