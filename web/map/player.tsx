import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useId, useMemo } from 'preact/hooks';
import { clock, dateTime, number } from '../base/format.ts';
import { Button } from '../parts/button.tsx';
import { Select } from '../parts/field.tsx';
import { Plot } from '../parts/plot.tsx';
import type { MapView } from './map-view.ts';
import { lengthText, speedText } from './motion.ts';
import { momentAt, thinned, type Moment, type Track } from './track.ts';

type Props = { track: Track; view: MapView | undefined };

const factors = [
  ['1', '1×'],
  ['10', '10×'],
  ['60', '60×'],
] as const;
/** Often enough for the eye; plots and map are drawn with each step. */
const stepMs = 50;
const pointsMax = 1_500;

/** Goes along a route, by hand or by itself. */
export function Player({ track, view }: Props) {
  const [first = 0, last = 0] = [track.times[0], track.times.at(-1)];
  const at = useSignal(first);
  const isPlaying = useSignal(false);
  const factor = useSignal('10');
  useEffect(() => {
    at.value = first;
    isPlaying.value = false;
  }, [track]);
  usePlaying({ at, isPlaying, last, factor: Number(factor.value) });
  const moment = momentAt(track, at.value);
  useEffect(() => view?.markMoment(moment?.place), [view, track, at.value]);
  if (!moment) return null;
  return (
    <div class="map-player">
      <Dial
        {...{ first, last, moment }}
        onChoose={(time) => {
          isPlaying.value = false;
          at.value = time;
        }}
      />
      <div class="actions map-play">
        <Button
          small
          icon={isPlaying.value ? 'pause' : 'play'}
          onPress={() => {
            if (!isPlaying.value && at.value >= last) at.value = first;
            isPlaying.value = !isPlaying.value;
          }}
        >
          {isPlaying.value ? 'Pause' : 'Play'}
        </Button>
        <Select
          label="How fast"
          hideLabel
          value={factor.value}
          options={factors}
          onValue={(value) => {
            factor.value = value;
          }}
        />
      </div>
      <Plots track={track} at={at.value} />
    </div>
  );
}

type DialProps = {
  first: number;
  last: number;
  moment: Moment;
  onChoose: (time: number) => void;
};

const keys: Record<string, number> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

/** Chooses a moment, and says how things were then. */
function Dial({ first, last, moment, onChoose }: DialProps) {
  const id = useId();
  const { time, meters } = moment;
  const at = clock(time * 1_000);
  const speed = moment.speed === null ? undefined : speedText(moment.speed);
  return (
    <>
      <div class="field">
        <label htmlFor={id}>Moment</label>
        <input
          id={id}
          type="range"
          min={first}
          max={last}
          step="any"
          value={time}
          aria-valuetext={`${at}, ${speed ?? 'speed not told'}, ${lengthText(meters)}`}
          onInput={({ currentTarget }) => onChoose(currentTarget.valueAsNumber)}
          onKeyDown={(event) => {
            // A key is a second; else it would be a tenth of the whole.
            const seconds = keys[event.key];
            if (seconds === undefined) return;
            event.preventDefault();
            onChoose(Math.min(last, Math.max(first, time + seconds)));
          }}
        />
      </div>
      <dl class="map-moment">
        <Measure name="Time" title={dateTime(time * 1_000)} value={at} />
        <Measure name="Speed" value={speed ?? '–'} />
        <Measure name="Distance" title={`${number(meters, 1)} m`} value={lengthText(meters)} />
      </dl>
    </>
  );
}

function Measure({ name, value, title }: { name: string; value: string; title?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd title={title}>{value}</dd>
    </div>
  );
}

type Playing = { at: Signal<number>; isPlaying: Signal<boolean>; last: number; factor: number };

function usePlaying({ at, isPlaying, last, factor }: Playing): void {
  const plays = isPlaying.value;
  useEffect(() => {
    if (!plays) return undefined;
    let beforeMs = performance.now();
    const timer = setInterval(() => {
      const nowMs = performance.now();
      at.value = Math.min(last, at.value + ((nowMs - beforeMs) / 1_000) * factor);
      beforeMs = nowMs;
      if (at.value >= last) isPlaying.value = false;
    }, stepMs);
    return () => clearInterval(timer);
  }, [plays, factor, last]);
}

function Plots({ track, at }: { track: Track; at: number }) {
  const shown = useMemo(() => {
    const thin = <T,>(values: readonly T[]) => thinned(values, pointsMax);
    const line = (label: string, values: readonly (number | null)[], color: 1 | 2 | 4) => [
      { label, values: thin(values), color },
    ];
    return {
      times: thin(track.times),
      distance: line(
        'Distance',
        track.meters.map((meters) => meters / 1_000),
        1,
      ),
      speed: line(
        'Speed',
        track.speeds.map((speed) => speed && speed * 3.6),
        2,
      ),
      elevation: line('Elevation', track.elevations, 4),
    };
  }, [track]);
  const common = { times: shown.times, markAt: at, height: 110 };
  return (
    <>
      <Plot {...common} title="Cumulative distance" unit="km" digits={2} lines={shown.distance} />
      <Plot {...common} title="Speed" unit="km/h" lines={shown.speed} />
      <Plot {...common} title="Elevation" unit="m" lines={shown.elevation} fromZero={false} />
    </>
  );
}
