import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { theme } from '../base/theme.ts';
import { openMap, type MapView } from './map-view.ts';
import './map.css';

type Parts = Parameters<typeof openMap>[1];
type Props = Parts & {
  /** What is on it, in words. */
  label: string;
  /** Where pictures come from, if from anywhere. */
  tiles?: { url: string; attribution: string } | undefined;
  opened: (view: MapView | undefined) => void;
};

/** The place of a map in a page; what is on it is said to the view that it opens. */
export function MapCanvas({ label, tiles, opened, ...parts }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<MapView | undefined>(undefined);
  const latest = useRef(parts);
  latest.current = parts;
  useEffect(() => {
    if (!host.current) return undefined;
    const view = openMap(host.current, {
      now: () => latest.current.now(),
      pressed: (id) => latest.current.pressed?.(id),
      dragged: () => latest.current.dragged?.(),
    });
    opened(view);
    const stopColors = effect(() => {
      void theme.value;
      view.redraw();
    });
    shown.current = view;
    return () => {
      stopColors();
      opened(undefined);
      view.close();
    };
  }, []);
  useEffect(() => {
    if (tiles) shown.current?.useTiles(tiles);
  }, [tiles?.url]);
  return (
    <section class="map-canvas" aria-label="Map">
      <div ref={host} class="map-host" role="application" aria-label={label} />
    </section>
  );
}
