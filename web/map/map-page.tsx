import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { about } from '../base/about.ts';
import { number } from '../base/format.ts';
import { go, place, to } from '../base/routing.ts';
import { Button } from '../parts/button.tsx';
import { LiveMark } from '../parts/live-mark.tsx';
import { Failure } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { FirstFix } from './first-fix.tsx';
import { vehiclesMax, type Fix, type Seen } from './fleet.ts';
import { useLive, type Live } from './live.ts';
import { MapCanvas } from './map-canvas.tsx';
import type { MapView } from './map-view.ts';
import { VehicleList } from './vehicle-list.tsx';
import { VehiclePanel } from './vehicle-panel.tsx';

/** Where everything is, and what was with one of them. */
export function MapPage() {
  const live = useLive();
  const id = place.value.params['id'];
  const view = useSignal<MapView | undefined>(undefined);
  const isFollowing = useSignal(false);
  /** Who is pointed at on the map is in sight already. */
  const pressed = useRef<string | undefined>(undefined);
  useLooking({ live, id, view: view.value, isFollowing: isFollowing.value, pressed });
  useEffect(() => {
    isFollowing.value = false;
  }, [id]);
  const fitAll = () => {
    isFollowing.value = false;
    view.value?.fit(placesOf(live));
  };
  void live.nowMs.value;
  const count = live.fleet.all.size;
  return (
    <Page
      title="Map"
      wide
      actions={
        <>
          <LiveMark isLive={live.isLive.value} />
          <Button icon="target" small isDisabled={count === 0} onPress={fitAll}>
            Fit all
          </Button>
        </>
      }
    >
      <div class="map">
        <MapCanvas
          label={labelOf(live, id)}
          tiles={about.value?.mapTiles}
          now={live.now}
          pressed={(found) => {
            pressed.current = found;
            go(to('vehicle', { id: found }));
          }}
          dragged={() => {
            isFollowing.value = false;
          }}
          opened={(opened) => {
            view.value = opened;
          }}
        />
        <aside class="map-panel" aria-label="Vehicles">
          {live.problem.value && (
            <Failure problem={live.problem.value} what="Not all are listed." again={live.load} />
          )}
          {live.fleet.isCut() && (
            <p class="hint">
              These are {number(vehiclesMax)} vehicles. There are more; the API lists them all.
            </p>
          )}
          <Panel {...{ live, id, view: view.value, isFollowing }} />
        </aside>
      </div>
    </Page>
  );
}

type PanelProps = {
  live: Live;
  id: string | undefined;
  view: MapView | undefined;
  isFollowing: { value: boolean };
};

function Panel({ live, id, view, isFollowing }: PanelProps) {
  if (id !== undefined) return <VehiclePanel key={id} {...{ live, id, view, isFollowing }} />;
  if (live.isListed.value && live.fleet.all.size === 0) return <FirstFix />;
  return <VehicleList live={live} />;
}

type Looking = {
  live: Live;
  id: string | undefined;
  view: MapView | undefined;
  isFollowing: boolean;
  pressed: { current: string | undefined };
};

/** What the map shows follows what is chosen beside it, and what happens. */
function useLooking({ live, id, view, isFollowing, pressed }: Looking): void {
  const isListed = live.isListed.value;
  const isPlaced = id !== undefined && fixOf(live, id) !== undefined;
  useEffect(() => view && live.watch(view.put), [view]);
  useEffect(() => {
    const timer = setInterval(() => view?.tick(), 1_000);
    return () => clearInterval(timer);
  }, [view]);
  useEffect(() => {
    if (isListed && id === undefined) view?.fit(placesOf(live));
  }, [view, isListed]);
  useEffect(() => view?.select(id), [view, id]);
  useEffect(() => {
    const fix = id === undefined ? undefined : fixOf(live, id);
    if (fix && pressed.current !== id) view?.approach(fix);
    pressed.current = undefined;
  }, [view, id, isPlaced]);
  useEffect(() => {
    if (!view || !isFollowing) return undefined;
    return live.watch((seen: Seen) => {
      if (seen.id === id && seen.fix) view.center(seen.fix);
    });
  }, [view, id, isFollowing]);
}

function fixOf(live: Live, id: string): Fix | undefined {
  return live.fleet.all.get(id)?.fix;
}

function placesOf({ fleet }: Live): Fix[] {
  return [...fleet.all.values()].flatMap(({ fix }) => fix ?? []);
}

function labelOf(live: Live, id: string | undefined): string {
  const count = placesOf(live).length;
  const seen = id === undefined ? undefined : live.fleet.all.get(id);
  const chosen = seen ? `; ${seen.name ?? seen.id} is selected` : '';
  return `Map of ${number(count)} ${count === 1 ? 'vehicle' : 'vehicles'}${chosen}. Arrow keys move it, plus and minus zoom.`;
}
