import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { clock } from '../base/format.ts';
import { Section } from '../parts/page.tsx';
import { Plot } from '../parts/plot.tsx';
import { Spark } from '../parts/spark.tsx';
import type { Values } from '../parts/plot-words.ts';
import {
  measures,
  newestOf,
  timelineOf,
  wayWords,
  type Measure,
  type Timeline,
} from './measures.ts';
import { greatest, type Process } from './shapes.ts';

/** The last hour in small plots; the one that is chosen is shown large. */
export function HourSection({ processes }: { processes: readonly Process[] }) {
  const chosen = useSignal<Measure['name']>('requestsPerSecond');
  const pointed = useSignal<number | undefined>(undefined);
  const timeline = useMemo(() => timelineOf(processes), [processes]);
  return (
    <Section title="The last hour">
      <ul class="tiles">
        {measures.map((measure) => (
          <li key={measure.name}>
            <Tile
              {...{ measure, timeline }}
              now={newestOf(measure, processes, timeline)}
              isOfMany={processes.length > 1}
              isChosen={measure.name === chosen.value}
              index={pointed.value}
              onPoint={(index) => {
                pointed.value = index;
              }}
              onPress={() => {
                chosen.value = measure.name;
              }}
            />
          </li>
        ))}
      </ul>
      <Large chosen={chosen.value} timeline={timeline} />
    </Section>
  );
}

type TileProps = {
  measure: Measure;
  timeline: Timeline;
  now: number | undefined;
  isOfMany: boolean;
  isChosen: boolean;
  index: number | undefined;
  onPoint: (index: number | undefined) => void;
  onPress: () => void;
};

function Tile(props: TileProps) {
  const { measure, timeline, now, isOfMany, isChosen, index, onPoint, onPress } = props;
  const values = timeline.values.get(measure.name) ?? [];
  const isBad = measure.name === 'errorsPerSecond' && (greatest(values) ?? 0) > 0;
  return (
    <button type="button" class="tile" aria-pressed={isChosen} onClick={onPress}>
      <span class="label">{measure.label}</span>
      <span class="value">{now === undefined ? '–' : measure.show(now)}</span>
      <Spark {...{ values, index, onPoint }} tone={isBad ? 'bad' : 'plain'} />
      <span class="foot" aria-hidden="true">
        {footOf(measure, timeline, index)}
        {isOfMany && ` · ${wayWords(measure.way)}`}
      </span>
    </button>
  );
}

/** The highest of the hour, or what was at the time that is pointed at. */
function footOf({ name, show }: Measure, { times, values }: Timeline, index?: number): string {
  const line = values.get(name) ?? [];
  if (index !== undefined) {
    const value = line[index];
    const then = value === null || value === undefined ? 'nothing' : show(value);
    return `${clock((times[index] ?? 0) * 1_000)}: ${then}`;
  }
  const high = greatest(line);
  return high === undefined ? 'nothing measured yet' : `peak ${show(high)}`;
}

const latency: readonly Measure['name'][] = ['p50Ms', 'p99Ms'];

/** Both lines of how long it takes belong together. */
function Large({ chosen, timeline }: { chosen: Measure['name']; timeline: Timeline }) {
  const shown = latency.includes(chosen) ? latency : [chosen];
  const about = measures.filter(({ name }) => shown.includes(name));
  const lines = useMemo(
    () =>
      about.map((measure) => ({
        label: measure.short,
        values: scaled(timeline.values.get(measure.name) ?? [], measure.per),
      })),
    [timeline, chosen],
  );
  const [first] = about;
  if (!first) return null;
  const title = about.length > 1 ? 'Time of a request' : first.label;
  return <Plot {...{ title, lines }} unit={first.unit} times={timeline.times} height={190} />;
}

function scaled(values: Values, per = 1): Values {
  return values.map((value) => (value === null ? null : value / per));
}
