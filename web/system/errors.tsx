import { dateTime, exactTime, clock } from '../base/format.ts';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { copyAndSay } from '../parts/copy.ts';
import { Icon } from '../parts/icon.tsx';
import { Section } from '../parts/page.tsx';
import { errorsOf, type RecentError } from './combine.ts';
import { Rest, useFirst } from './listing.tsx';
import { nameOf, type Process } from './shapes.ts';

const shownMax = 5;

/** What went wrong lately by a fault of ours, newest first. */
export function ErrorsSection({ processes }: { processes: readonly Process[] }) {
  const errors = errorsOf(processes);
  const first = useFirst(shownMax);
  return (
    <Section title="Recent errors">
      {errors.length === 0 && (
        <p class="fine">
          <Icon name="check" /> No errors since the start
        </p>
      )}
      <ol class="errors">
        {first.first(errors).map((error) => (
          <li key={`${error.process.id} ${error.requestId}`}>
            <ErrorRow error={error} isOfMany={processes.length > 1} />
          </li>
        ))}
      </ol>
      <Rest first={first} all={errors.length} what="error" />
    </Section>
  );
}

function ErrorRow({ error, isOfMany }: { error: RecentError; isOfMany: boolean }) {
  const { at, operation, status, code, detail, traceId, requestId, process } = error;
  return (
    <article class="fault">
      <time dateTime={at} title={exactTime(at)}>
        {isToday(at) ? clock(at) : dateTime(at)}
      </time>
      <div class="what">
        <h3>
          {operation}{' '}
          <Badge tone="bad">
            {status} {code}
          </Badge>
        </h3>
        <p>{detail}</p>
        {isOfMany && <p class="muted">{nameOf(process)}</p>}
      </div>
      <dl class="ids">
        <Identity name="Trace" id={traceId} />
        <Identity name="Request" id={requestId} />
      </dl>
    </article>
  );
}

function isToday(at: string): boolean {
  return new Date(at).toDateString() === new Date().toDateString();
}

function Identity({ name, id }: { name: string; id: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{id}</code>
        <Button
          small
          look="quiet"
          icon="copy"
          label={`Copy the ${name.toLowerCase()} id ${id}`}
          onPress={() => void copyAndSay(id, `${name} id copied`)}
        />
      </dd>
    </div>
  );
}
