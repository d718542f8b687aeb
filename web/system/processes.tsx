import { bytes, duration, number, plural } from '../base/format.ts';
import { Badge } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { Section } from '../parts/page.tsx';
import { Rest, useFirst } from './listing.tsx';
import { fine } from './measures.ts';
import type { Process, System } from './shapes.ts';

const shownMax = 12;

/** What runs where; whoever lacks something comes first. */
export function ProcessesSection({ system }: { system: System }) {
  const { processes, at } = system;
  const first = useFirst(shownMax);
  const sorted = processes
    .toSorted((one, other) => placeOf(one).localeCompare(placeOf(other)))
    .toSorted((one, other) => failuresOf(other) - failuresOf(one));
  return (
    <Section
      title="Processes"
      actions={
        <span class="muted">
          {plural(processes.length, 'process', 'processes')} on{' '}
          {plural(new Set(processes.map(({ host }) => host)).size, 'machine')}
        </span>
      }
    >
      <ul class="processes">
        {first.first(sorted).map((process) => (
          <li key={process.id}>
            <ProcessRow process={process} at={at} />
          </li>
        ))}
      </ul>
      <Rest first={first} all={sorted.length} what="process" />
    </Section>
  );
}

function placeOf({ targets, host, pid }: Process): string {
  return `${targets.join()} ${host} ${pid}`;
}
function failuresOf({ checks }: Process): number {
  return checks.filter(({ ok }) => !ok).length;
}

function ProcessRow({ process, at }: { process: Process; at: string }) {
  const { targets, host, pid, version, startedAt, checks } = process;
  const upSeconds = (Date.parse(at) - Date.parse(startedAt)) / 1_000;
  return (
    <article class="process">
      <div class="where">
        <h3>
          {host} <span class="muted number">{pid}</span>
        </h3>
        <p class="targets">
          {targets.map((target) => (
            <Badge key={target} tone="info">
              {target}
            </Badge>
          ))}
        </p>
      </div>
      <dl class="figures">
        <Figure name="Version" value={version} />
        <Figure name="Up for" value={duration(upSeconds)} />
        <Figure name="Memory" value={bytes(process.memoryBytes)} />
        <Figure name="CPU" value={`${number(process.cpuShare * 100, 1)} %`} />
        <Figure
          name="Loop delay"
          value={`${number(process.eventLoopDelayP99Ms, fine(process.eventLoopDelayP99Ms))} ms`}
        />
      </dl>
      <ul class="checks" aria-label="What it needs and uses">
        {checks.map((check) => (
          <Check key={check.name} {...check} />
        ))}
        {checks.length === 0 && <li class="muted">Needs nothing</li>}
      </ul>
    </article>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="number">{value}</dd>
    </div>
  );
}

function Check({ name, ok, needed, detail }: Process['checks'][number]) {
  const tone = ok ? 'good' : needed ? 'bad' : 'warn';
  return (
    <li class={`check-line ${tone}`}>
      <Icon name={ok ? 'check' : 'alert'} />
      <span>
        {name} <span class={ok ? 'unseen' : 'state'}>{ok ? 'ok' : 'failed'}</span>
        {detail && <span class="detail">{detail}</span>}
      </span>
    </li>
  );
}
