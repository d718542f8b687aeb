import {
  control,
  latLngBounds,
  map as createMap,
  tileLayer,
  type LatLngTuple,
  type Map as LeafletMap,
} from 'leaflet';
import 'leaflet/dist/leaflet.css';
import type { Place } from '../../src/tracking/geo.ts';
import { boundsOf } from './geo.ts';
import { openGround } from './ground.ts';
import { openRoute } from './route-layer.ts';
import { openVehicles } from './vehicle-layer.ts';

type Parts = {
  now: () => { nowMs: number; staleSeconds: number };
  pressed?: (id: string) => void;
  /** Somebody wants to look elsewhere. */
  dragged?: () => void;
};

const zoomMax = 19;
/** As near as one gets by itself: a street with its surroundings. */
const nearZoom = 15;
const panSeconds = 0.3;
const wholeWorld: LatLngTuple[] = [
  [-58, -170],
  [75, 170],
];

/** A map: the world, the way of a vehicle, and vehicles. */
export function openMap(host: HTMLElement, { now, pressed, dragged }: Parts) {
  const map = openWorld(host);
  const ground = openGround(map);
  const route = openRoute(map);
  const vehicles = openVehicles(map, { now, pressed: (id) => pressed?.(id) });
  const layers = [ground, route, vehicles];
  map.on('dragstart', () => dragged?.());
  const sizes = new ResizeObserver(() => map.invalidateSize({ animate: false }));
  sizes.observe(host);

  return {
    put: vehicles.put,
    select: vehicles.select,
    showRoute: route.show,
    markMoment: route.mark,
    ...moves(map),
    /** Pictures over the outlines, which stay wherever a picture does not come. */
    useTiles({ url, attribution }: { url: string; attribution: string }): void {
      // Who gives tiles away wants to know to which site; the rest of the address stays here.
      const referrerPolicy = 'strict-origin';
      tileLayer(url, { maxZoom: zoomMax, attribution, referrerPolicy }).addTo(map);
    },
    redraw: () => layers.forEach((layer) => layer.redraw()),
    tick: vehicles.redraw,
    close(): void {
      sizes.disconnect();
      layers.forEach((layer) => layer.close());
      map.remove();
    },
  };
}

export type MapView = ReturnType<typeof openMap>;

function openWorld(host: HTMLElement): LeafletMap {
  const map = createMap(host, {
    attributionControl: false,
    minZoom: 1,
    maxZoom: zoomMax,
    worldCopyJump: true,
    maxBounds: [
      [-85.05, -Infinity],
      [85.05, Infinity],
    ],
    maxBoundsViscosity: 1,
  });
  control.attribution({ prefix: false }).addAttribution('Natural Earth').addTo(map);
  control.scale({ imperial: false, position: 'bottomleft' }).addTo(map);
  // What it shows, for whoever looks at the page from outside.
  map.on('moveend', () => {
    const { lat, lng } = map.getCenter();
    host.dataset['center'] = `${lat},${lng}`;
    host.dataset['zoom'] = `${map.getZoom()}`;
  });
  return map.fitBounds(latLngBounds(wholeWorld), { animate: false });
}

/** Where it looks; who wants no motion is there at once. */
function moves(map: LeafletMap) {
  const animate = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  return {
    /** Shows all of these places. */
    fit(places: Iterable<Place>): void {
      const bounds = boundsOf(places);
      if (!bounds) return;
      const corners = bounds.map(({ latitude, longitude }): LatLngTuple => [latitude, longitude]);
      map.fitBounds(latLngBounds(corners), { maxZoom: nearZoom, padding: [40, 40], animate });
    },
    holds: ({ latitude, longitude }: Place): boolean =>
      map.getBounds().contains([latitude, longitude]),
    /** Puts a place into the middle. */
    center({ latitude, longitude }: Place): void {
      map.panTo([latitude, longitude], { animate, duration: panSeconds });
    },
    /** The same, and near enough to see where it is. */
    approach({ latitude, longitude }: Place): void {
      map.setView([latitude, longitude], Math.max(map.getZoom(), nearZoom), { animate });
    },
  };
}
