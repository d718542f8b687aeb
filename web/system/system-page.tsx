import type { AppError } from '../../src/platform/errors.ts';
import { api } from '../base/session.ts';
import { useLoad } from '../base/load.ts';
import { Failure, Notice, Waiting } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { BatchersSection, PoolsSection } from './flow.tsx';
import { ErrorsSection } from './errors.tsx';
import { Head, LiveBadge } from './head.tsx';
import { Lost } from './lost.tsx';
import { BooksSection, SecuritySection } from './books.tsx';
import { HourSection } from './hour.tsx';
import { OperationsSection } from './operations.tsx';
import { ProcessesSection } from './processes.tsx';
import { StoresSection } from './stores.tsx';
import type { System } from './shapes.ts';
import './system.css';

const everyMs = 5_000;

/** What runs, how it is, and what went wrong. */
export function SystemPage() {
  const asked = useLoad((signal) => api.getSystem({}, { signal }), [], { everyMs });
  const system = asked.value.value;
  const problem = asked.problem.value;
  return (
    <Page title="System" wide actions={system && <LiveBadge isLive={!problem} at={system.at} />}>
      {!system && !problem && <Waiting rows={8} />}
      {!system && problem && <Failure problem={problem} again={asked.again} />}
      {system && <Everything {...{ system, problem }} again={asked.again} />}
    </Page>
  );
}

type Props = { system: System; problem: AppError | undefined; again: () => void };

function Everything({ system, problem, again }: Props) {
  const { processes, isWhole } = system;
  return (
    <div class={problem ? 'system stack stale' : 'system stack'}>
      <Head system={system}>{problem && <Lost {...{ problem, again }} at={system.at} />}</Head>
      {!isWhole && <NotWhole hasRedis={processes[0]?.redis !== undefined} />}
      <HourSection processes={processes} />
      <ErrorsSection processes={processes} />
      <ProcessesSection system={system} />
      <OperationsSection processes={processes} />
      <div class="pair">
        <BooksSection processes={processes} />
        <StoresSection processes={processes} />
        <SecuritySection processes={processes} />
        <BatchersSection processes={processes} />
        <PoolsSection processes={processes} />
      </div>
    </div>
  );
}

function NotWhole({ hasRedis }: { hasRedis: boolean }) {
  return (
    <Notice kind="warn">
      <strong>Not everything is shown.</strong>{' '}
      {hasRedis
        ? 'Redis does not answer, so the other processes cannot be heard now. The numbers are of those that could.'
        : 'There are other processes, and without Redis they cannot be heard. The numbers are of the one that answered.'}
    </Notice>
  );
}
