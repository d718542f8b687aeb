import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { number } from '../base/format.ts';
import { theme } from '../base/theme.ts';
import { optionsOf, type Look } from './plot-options.ts';
import { inWords, timeForm, type Line } from './plot-words.ts';
import './plot.css';

export type { Line } from './plot-words.ts';

type Props = Look & {
  /** What it shows, in words, for those who do not see it. */
  title: string;
  unit: string;
  /** Seconds since 1970, rising. */
  times: readonly number[];
  height?: number;
  /** Of values; the scale is as exact as it has to be. */
  digits?: number;
};

/** Values over time; where nothing was measured there is a gap. */
export function Plot(props: Props) {
  const { title, unit, times, lines, digits = 1, height = 160 } = props;
  const host = useRef<HTMLDivElement>(null);
  const pointed = useSignal<number | undefined>(undefined);
  useDrawing(props, host, (index) => {
    pointed.value = index;
  });
  const isEmpty = lines.every(({ values }) => values.every((value) => value === null));
  return (
    <figure class="plot">
      <figcaption>
        <span>
          {title} <span class="unit">{unit}</span>
        </span>
        <Legend {...{ times, lines, digits }} index={pointed.value ?? undefined} />
      </figcaption>
      <div
        class={isEmpty ? 'plot-place empty-plot' : 'plot-place'}
        style={{ height: `${height}px` }}
      >
        <div ref={host} role="img" aria-label={`${title}: ${inWords({ unit, lines, digits })}`} />
        {isEmpty && <p class="muted">Nothing was measured yet</p>}
      </div>
    </figure>
  );
}

type LegendProps = {
  times: readonly number[];
  lines: readonly Line[];
  digits: number;
  /** Where somebody points; else the newest is told. */
  index: number | undefined;
};

const second = timeForm(1);

/** Keeps its place whether somebody points or not. */
function Legend({ times, lines, digits, index }: LegendProps) {
  const at = index === undefined ? undefined : times[index];
  return (
    // The picture says the same in words.
    <span class="legend" aria-hidden="true">
      {lines.map(({ label, values, color }, i) => {
        const value = index === undefined ? values.findLast(isMeasured) : values[index];
        return (
          <span key={label}>
            {lines.length > 1 && <i class={`line-${color ?? i + 1}`} />}
            {lines.length > 1 && label} <b>{isMeasured(value) ? number(value, digits) : '–'}</b>
          </span>
        );
      })}
      <span class="when">{at === undefined ? 'newest' : second(at)}</span>
    </span>
  );
}

function isMeasured(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}

type Host = { readonly current: HTMLDivElement | null };

/** Draws, and draws again when values, size or colours are others. */
function useDrawing(props: Props, place: Host, pointed: (index: number | undefined) => void): void {
  const { times, lines, height = 160, markAt } = props;
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const colors = useComputed(() => theme.value).value;

  useEffect(() => {
    const host = place.current;
    if (!host) return undefined;
    const options = optionsOf({ host, height, look: () => latest.current, pointed });
    const drawn = new uPlot(options, dataOf(latest.current), host);
    plot.current = drawn;
    const sizes = new ResizeObserver(() => {
      // What is not shown has no width; it is drawn when it is shown.
      if (host.clientWidth > 0) drawn.setSize({ width: host.clientWidth, height });
    });
    sizes.observe(host);
    return () => {
      sizes.disconnect();
      drawn.destroy();
    };
  }, [namesOf(lines), height]);

  useEffect(() => plot.current?.setData(dataOf(latest.current)), [times, lines]);
  useEffect(() => plot.current?.redraw(false), [markAt]);
  useEffect(() => {
    // The page takes the colours of the theme in the same turn, maybe after this.
    const frame = requestAnimationFrame(() => plot.current?.redraw(false, true));
    return () => cancelAnimationFrame(frame);
  }, [colors]);
}

function namesOf(lines: readonly Line[]): string {
  return lines.map(({ label, color }) => `${label} ${color}`).join();
}

function dataOf({ times, lines }: Props): uPlot.AlignedData {
  return [times, ...lines.map(({ values }) => values)] as unknown as uPlot.AlignedData;
}
