import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { plural } from '../base/format.ts';
import { api } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Field, Select } from '../parts/field.tsx';
import { Failure, Notice } from '../parts/notice.tsx';
import { Downloads } from './downloads.tsx';
import { loadRoute, toleranceOf } from './load-route.ts';
import type { MapView } from './map-view.ts';
import { lengthText, speedText } from './motion.ts';
import { localText, periodOf, periods, type Chosen } from './period.ts';
import { Player } from './player.tsx';
import { speedColors } from './route-layer.ts';
import { trackOf, type Track } from './track.ts';

type Props = { id: string; view: MapView | undefined; now: () => { nowMs: number } };
type Route = { track: Track; isCut: boolean; fromMs: number; toMs: number };

/** Where a vehicle has been. */
export function History({ id, view, now }: Props) {
  const chosen = useSignal<Chosen>({ length: '900', from: '', to: '' });
  const route = useSignal<Route | undefined>(undefined);
  const progress = useSignal(0);
  const controller = useRef<AbortController | undefined>(undefined);
  const act = useAct();

  async function load(): Promise<void> {
    const period = periodOf(chosen.value, now().nowMs);
    const mine = new AbortController();
    controller.current = mine;
    progress.value = 0;
    await act.run(async () => {
      const { fixes, isCut } = await loadRoute(period, {
        ask: (asked) => api.getRoute({ id, ...asked }, { signal: mine.signal }),
        told: (share) => {
          progress.value = share;
        },
      }).catch((error: unknown) => {
        // What the reader has called off has not failed.
        if (mine.signal.aborted) return { fixes: undefined, isCut: false };
        throw error;
      });
      if (fixes) route.value = { track: trackOf(fixes), isCut, ...period };
    });
  }

  useEffect(() => () => controller.current?.abort(), []);
  useShown(view, route.value?.track);
  const choose = (changed: Partial<Chosen>) => {
    chosen.value = { ...chosen.value, ...changed };
  };
  const isOwn = chosen.value.length === 'own';
  return (
    <section class="map-part" aria-label="History">
      <h3>Where it was</h3>
      <form
        class="map-form"
        onSubmit={(event) => {
          event.preventDefault();
          void load();
        }}
      >
        <Select
          label="Period"
          value={chosen.value.length}
          options={periods}
          onValue={(length) => {
            const { nowMs } = now();
            choose({ length, from: localText(nowMs - 3_600_000), to: localText(nowMs) });
          }}
        />
        {isOwn && <OwnPeriod chosen={chosen.value} choose={choose} />}
        {act.isBusy.value ? (
          <div class="map-progress">
            <progress max={1} value={progress.value} aria-label="Loading the route" />
            <Button small onPress={() => controller.current?.abort()}>
              Cancel
            </Button>
          </div>
        ) : (
          <Button type="submit" icon="clock">
            Show the route
          </Button>
        )}
      </form>
      {act.problem.value && (
        <Failure problem={act.problem.value} what="No route." again={() => void load()} />
      )}
      {route.value && <RouteShown id={id} route={route.value} view={view} />}
    </section>
  );
}

function OwnPeriod({
  chosen,
  choose,
}: {
  chosen: Chosen;
  choose: (changed: Partial<Chosen>) => void;
}) {
  return (
    <>
      <Field
        label="From"
        type="datetime-local"
        required
        value={chosen.from}
        max={chosen.to}
        onValue={(from) => choose({ from })}
      />
      <Field
        label="To"
        type="datetime-local"
        required
        value={chosen.to}
        min={chosen.from}
        hint="At most 31 days after the first."
        onValue={(to) => choose({ to })}
      />
    </>
  );
}

/** The route is on the map as long as it is in the panel. */
function useShown(view: MapView | undefined, track: Track | undefined): void {
  useEffect(() => {
    view?.showRoute(track);
    if (track) view?.fit(track.fixes);
    return () => {
      view?.showRoute(undefined);
      view?.markMoment(undefined);
    };
  }, [view, track]);
}

function RouteShown({ id, route, view }: { id: string; route: Route; view: MapView | undefined }) {
  const { track, isCut } = route;
  const tolerance = toleranceOf(route);
  if (track.fixes.length === 0) {
    return <p class="muted">It has not said where it was in this time. Try a longer one.</p>;
  }
  return (
    <>
      <p role="status">
        {plural(track.fixes.length, 'fix', 'fixes')}, {lengthText(track.meters.at(-1) ?? 0)}
        {tolerance !== undefined && `, simplified to ${tolerance} m`}
      </p>
      {isCut && (
        <Notice kind="warn">This is the beginning. Choose a shorter time for the rest.</Notice>
      )}
      <Speeds track={track} />
      <Player track={track} view={view} />
      <Downloads id={id} fromMs={route.fromMs} toMs={route.toMs} />
    </>
  );
}

/** What the colours of the way mean. */
function Speeds({ track }: { track: Track }) {
  const fastest = track.speeds.reduce<number>((most, speed) => Math.max(most, speed ?? 0), 0);
  return (
    <div class="map-speeds">
      {speedText(0)}
      {speedColors.map((color) => (
        <i key={color} aria-hidden="true" />
      ))}
      {speedText(fastest)}
    </div>
  );
}
