import { useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { clock, duration } from '../base/format.ts';
import { useLoad } from '../base/load.ts';
import { api } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Failure } from '../parts/notice.tsx';
import { Shown } from '../parts/loaded.tsx';
import { speedText } from './motion.ts';

type Task = Awaited<ReturnType<typeof api.getTask>>;
type Props = { id: string; now: () => { nowMs: number } };

const askEveryMs = 1_000;

const tones: Record<Task['state'], Tone> = {
  requested: 'info',
  running: 'info',
  done: 'good',
  failed: 'bad',
  cancelled: 'neutral',
};

const isOpen = ({ state }: Task): boolean => state === 'requested' || state === 'running';

/** A task that somebody else works off, until it is over. */
export function AverageTask({ id, now }: Props) {
  const over = useRef<Task | undefined>(undefined);
  const cancelled = useSignal<Task | undefined>(undefined);
  const act = useAct();
  const loaded = useLoad(
    async (signal) => {
      const task = over.current ?? (await api.getTask({ id }, { signal }));
      // What is over stays as it is.
      if (!isOpen(task)) over.current = task;
      return task;
    },
    [id],
    { everyMs: askEveryMs },
  );
  const cancel = async () => {
    cancelled.value = await api.cancelTask({ id });
    over.current = cancelled.value;
  };
  return (
    <div class="map-task">
      <Shown of={loaded} rows={2} what="The task could not be looked at.">
        {(answered) => {
          const task = cancelled.value ?? answered;
          return (
            <>
              <div class="map-head">
                <h4>Task over {duration(task.windowSeconds)}</h4>
                <Badge tone={tones[task.state]}>{task.state}</Badge>
              </div>
              <TaskText task={task} nowMs={now().nowMs} />
              {isOpen(task) && (
                <Button small isBusy={act.isBusy.value} onPress={() => void act.run(cancel)}>
                  Cancel
                </Button>
              )}
            </>
          );
        }}
      </Shown>
      {act.problem.value && <Failure problem={act.problem.value} what="Not cancelled." />}
    </div>
  );
}

function TaskText({ task, nowMs }: { task: Task; nowMs: number }) {
  const { from, until, windowSeconds, result, problem } = task;
  if (isOpen(task)) {
    const left = Math.max(0, (Date.parse(until) - nowMs) / 1_000);
    return (
      <div class="map-progress">
        <progress max={windowSeconds} value={windowSeconds - left} aria-label="Of its window" />
        <span class="muted">{left > 0 ? `${duration(left)} left` : 'any moment now'}</span>
      </div>
    );
  }
  if (result) {
    return (
      <p role="status">
        <b>{speedText(result.averageSpeedMetersPerSecond)}</b>{' '}
        <span class="muted">
          {result.fixes} fixes, {clock(from)} – {clock(until)}
        </span>
      </p>
    );
  }
  if (!problem) return null;
  const words = problem.code === 'noFixes' ? 'It told no speed in this time.' : problem.detail;
  return <p role="status">{words}</p>;
}
