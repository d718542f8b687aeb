import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { clock, duration, plural } from '../base/format.ts';
import { useLoad } from '../base/load.ts';
import { newKey } from '../base/key.ts';
import { api } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Failure, Waiting } from '../parts/notice.tsx';
import { AverageTask } from './average-task.tsx';
import { speedText } from './motion.ts';
import { secondsAt, sliderAt, sliderMax } from './window-scale.ts';

type Look = 'forward' | 'back';

/** The slider rests when it has not been moved for so long. */
const restMs = 300;
const windowSecondsFirst = 300;

/** How fast a vehicle goes on average, over a window that is chosen. */
export function Average({ id, now }: { id: string; now: () => { nowMs: number } }) {
  const slider = useSignal(sliderAt(windowSecondsFirst));
  const windowSeconds = secondsAt(slider.value);
  const rested = useRested(windowSeconds);
  const taskId = useSignal<string | undefined>(undefined);
  const act = useAct();
  /** The same wish, sent again because no answer came, has the same key. */
  const wish = useRef<{ about: string; key: string } | undefined>(undefined);

  async function order(look: Look): Promise<void> {
    const wanted = `${look} ${windowSeconds}`;
    if (wish.current?.about !== wanted) wish.current = { about: wanted, key: newKey() };
    const { key: idempotencyKey } = wish.current;
    await act.run(async () => {
      const task = await api.createAverageSpeedTask({ id, windowSeconds, look, idempotencyKey });
      taskId.value = task.id;
      wish.current = undefined;
    });
  }

  return (
    <section class="map-part" aria-label="Average speed">
      <h3>Average speed</h3>
      <Field
        label={`Window: ${duration(windowSeconds)}`}
        type="range"
        min={0}
        max={sliderMax}
        step={1}
        value={String(slider.value)}
        onValue={(value) => {
          slider.value = Number(value);
        }}
      />
      <Direct id={id} windowSeconds={rested} />
      <div class="actions">
        <Button small isBusy={act.isBusy.value} onPress={() => void order('forward')}>
          Observe the next {duration(windowSeconds)}
        </Button>
        <Button small isBusy={act.isBusy.value} onPress={() => void order('back')}>
          Work out as a task
        </Button>
      </div>
      {act.problem.value && <Failure problem={act.problem.value} what="No task." />}
      {taskId.value !== undefined && <AverageTask key={taskId.value} id={taskId.value} now={now} />}
    </section>
  );
}

function useRested(value: number): number {
  const rested = useSignal(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      rested.value = value;
    }, restMs);
    return () => clearTimeout(timer);
  }, [value]);
  return rested.value;
}

/** What the server says at once. */
function Direct({ id, windowSeconds }: { id: string; windowSeconds: number }) {
  const loaded = useLoad(
    (signal) => api.getAverageSpeed({ id, windowSeconds }, { signal }),
    [id, windowSeconds],
  );
  const problem = loaded.problem.value;
  if (problem?.code === 'noFixes') {
    return (
      <p class="muted" role="status">
        It told no speed in the last {duration(windowSeconds)}. Try a longer window.
      </p>
    );
  }
  if (problem) return <Failure problem={problem} again={loaded.again} />;
  const average = loaded.value.value;
  if (!average) return <Waiting rows={1} />;
  return (
    <div class="map-average" role="status">
      <b>{speedText(average.averageSpeedMetersPerSecond)}</b>
      <span class="muted">
        {plural(average.fixes, 'fix', 'fixes')}, {clock(average.from)} – {clock(average.until)}
      </span>
      <Button small look="quiet" onPress={loaded.again}>
        Ask again
      </Button>
    </div>
  );
}
