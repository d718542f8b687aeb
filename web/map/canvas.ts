import { DomUtil, Point, type LatLng, type Map as LeafletMap } from 'leaflet';

/** What a canvas shows of the world; lengths are in pixels. */
export type View = {
  context: CanvasRenderingContext2D;
  /** How wide the whole world is. */
  worldPixels: number;
  /** Where the picture begins in the world. */
  left: number;
  top: number;
  width: number;
  height: number;
  zoom: number;
  /** The value of a colour of the theme. */
  color: (token: string) => string;
};

type Options = {
  pane: string;
  /** How much is drawn beyond each edge, as a part of the map: what is moved there is seen at once. */
  margin: number;
  draw: (view: View) => void;
};

type Drawn = {
  left: number;
  top: number;
  width: number;
  height: number;
  zoom: number;
  origin: Point;
};
type Sheet = { map: LeafletMap; canvas: HTMLCanvasElement; margin: number };

/**
 * A picture over the whole map that is drawn by hand. It is drawn at most once per frame, moves along
 * when the map is dragged, and grows along while it zooms.
 */
export function openCanvas(map: LeafletMap, { pane, margin, draw }: Options) {
  const canvas = document.createElement('canvas');
  canvas.className = 'leaflet-zoom-animated';
  canvas.setAttribute('aria-hidden', 'true');
  map.getPane(pane)?.append(canvas);
  const context = canvas.getContext('2d');
  const sheet = { map, canvas, margin };
  let frame = 0;
  let isZooming = false;
  let drawn = spread(sheet);

  function redraw(): void {
    if (frame === 0) frame = requestAnimationFrame(paint);
  }

  function paint(): void {
    frame = 0;
    // It is drawn anew when the zoom has come to rest.
    if (isZooming || !context) return;
    drawn = spread(sheet);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, drawn.width, drawn.height);
    const styles = getComputedStyle(canvas);
    const color = (token: string) => styles.getPropertyValue(token);
    draw({ ...drawn, context, worldPixels: 256 * 2 ** drawn.zoom, color });
  }

  map.on({
    zoomstart: () => {
      isZooming = true;
    },
    zoomend: () => {
      isZooming = false;
      redraw();
    },
    zoomanim: ({ center, zoom }) => stretch(sheet, drawn, { center, zoom }),
    zoom: () => stretch(sheet, drawn, { center: map.getCenter(), zoom: map.getZoom() }),
    // Who drags the map beyond what is drawn need not wait until they let go.
    move: () => {
      if (!covers(sheet, drawn)) redraw();
    },
    moveend: redraw,
    viewreset: redraw,
    resize: redraw,
  });
  redraw();
  return { redraw, origin: () => drawn.origin, close: () => cancelAnimationFrame(frame) };
}

/** Puts the canvas over what the map shows now, and some more on each side. */
function spread({ map, canvas, margin }: Sheet): Drawn {
  const size = map.getSize();
  const beyond = size.multiplyBy(margin).round();
  const origin = map.containerPointToLayerPoint(beyond.multiplyBy(-1)).round();
  const { x: width, y: height } = size.add(beyond.multiplyBy(2));
  fit(canvas, width, height);
  DomUtil.setPosition(canvas, origin);
  const { x: left, y: top } = map.getPixelOrigin().add(origin);
  return { left, top, width, height, zoom: map.getZoom(), origin };
}

/** As it was drawn, but where and as large as it is to be. */
function stretch(
  { map, canvas }: Sheet,
  { left, top, zoom: drawnZoom }: Drawn,
  { center, zoom }: { center: LatLng; zoom: number },
): void {
  const half = map.getSize().divideBy(2);
  const moved = DomUtil.getPosition(map.getPane('mapPane') ?? canvas);
  const origin = map.project(center, zoom).subtract(half).add(moved).round();
  const scale = map.getZoomScale(zoom, drawnZoom);
  DomUtil.setTransform(canvas, new Point(left, top).multiplyBy(scale).subtract(origin), scale);
}

function covers({ map, margin }: Sheet, { origin }: Drawn): boolean {
  const { x, y } = map.containerPointToLayerPoint([0, 0]).subtract(origin);
  const room = map.getSize().multiplyBy(2 * margin);
  return x >= 0 && y >= 0 && x <= room.x && y <= room.y;
}

/** A canvas that is given a size is emptied and made anew, so only another size is given. */
function fit(canvas: HTMLCanvasElement, width: number, height: number): void {
  const [inner, tall] = [width * devicePixelRatio, height * devicePixelRatio].map(Math.round);
  if (canvas.width === inner && canvas.height === tall) return;
  canvas.width = inner ?? 0;
  canvas.height = tall ?? 0;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

/** How many worlds to the right each copy of the world is of which something is shown. */
export function copiesIn({ left, width, worldPixels }: View): number[] {
  const first = Math.floor(left / worldPixels);
  const count = Math.floor((left + width) / worldPixels) - first + 1;
  return Array.from({ length: count }, (_, i) => first + i);
}
