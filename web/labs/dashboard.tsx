import { useSignal } from '@preact/signals';
import { render, type ComponentChild, type ComponentChildren, type ComponentType } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { startTheme } from '../base/theme.ts';
import { MapCanvas } from '../map/map-canvas.tsx';
import type { MapView } from '../map/map-view.ts';
import { thinned, trackOf } from '../map/track.ts';
import { Section } from '../parts/page.tsx';
import { Plot } from '../parts/plot.tsx';
import { Table } from '../parts/table.tsx';
import { cellText, columns, type Sample, type Samples } from './samples.ts';
import '../style/tokens.css';
import '../style/base.css';
import '../style/layout.css';
import '../style/parts.css';
import './labs.css';

type Props = { title: string; samples: Samples; children?: ComponentChildren };

const pointsMax = 1_000;
const vehicle = 'lab-gps';

/** Puts a dashboard into its page. */
export function show(Content: ComponentType): void {
  startTheme();
  render(<Content />, document.querySelector('#app') ?? document.body);
}

/** What both pages have: a table, a map, three charts. */
export function Dashboard({ title, samples, children }: Props) {
  const { text, isFailure } = samples.status.value;
  const all = samples.all.value;
  return (
    <main class="page wide lab">
      <div class="head">
        <h1>{title}</h1>
      </div>
      {children}
      <p role="status" class={isFailure ? 'lab-status failed' : 'lab-status'}>
        {text}
      </p>
      <div class="stack">
        <Section title="Samples, newest first">
          <Rows samples={all} />
        </Section>
        <div class="lab-pictures">
          <Section title="Where it was">
            <Where samples={all} />
          </Section>
          <Charts samples={all} />
        </div>
      </div>
    </main>
  );
}

/** A row never changes, so each is made once, however often others come before it. */
function Rows({ samples }: { samples: readonly Sample[] }) {
  const made = useRef(new WeakMap<Sample, ComponentChild>()).current;
  const rows = samples.toReversed().map((sample) => {
    const row = made.get(sample) ?? <Row key={sample.timestamp} sample={sample} />;
    made.set(sample, row);
    return row;
  });
  const heads = columns.map((column) => ({
    name: column.replaceAll('_', ' '),
    end: true as const,
  }));
  return (
    <Table caption="Samples" columns={heads}>
      {rows}
    </Table>
  );
}

function Row({ sample }: { sample: Sample }) {
  return (
    <tr>
      {columns.map((column) => (
        <td key={column} class="end">
          {cellText(column, sample[column])}
        </td>
      ))}
    </tr>
  );
}

const told = <T,>(value: T | null): T | undefined => value ?? undefined;

function Where({ samples }: { samples: readonly Sample[] }) {
  const view = useSignal<MapView | undefined>(undefined);
  const wasDragged = useRef(false);
  /** The map on which the track has been in sight. */
  const fitted = useRef<MapView | undefined>(undefined);
  const { value: map } = view;
  useEffect(() => {
    const track = trackOf(
      samples.map((sample) => ({
        timestamp: new Date(sample.timestamp * 1_000).toISOString(),
        latitude: sample.latitude,
        longitude: sample.longitude,
        bearing: told(sample.bearing),
        speedMetersPerSecond: told(sample.speed_meters_per_second),
      })),
    );
    const fix = track.fixes.at(-1);
    if (!map || !fix) return;
    map.showRoute(track);
    map.put({ id: vehicle, fix, timeMs: Date.parse(fix.timestamp) });
    const isAway = fitted.current !== map || !map.holds(fix);
    if (isAway && !wasDragged.current) map.fit(track.fixes);
    fitted.current = map;
  }, [map, samples]);
  return (
    <div class="lab-map">
      <MapCanvas
        label={`Track of ${samples.length} samples`}
        now={() => ({ nowMs: Date.now(), staleSeconds: 60 })}
        dragged={() => {
          wasDragged.current = true;
        }}
        opened={(opened) => {
          view.value = opened;
        }}
      />
    </div>
  );
}

const charts = [
  { title: 'Cumulative distance', unit: 'm', column: 'total_meters', color: 1 },
  { title: 'Speed', unit: 'm/s', column: 'speed_meters_per_second', color: 2 },
  { title: 'Elevation', unit: 'm', column: 'elevation', color: 4 },
] as const;

function Charts({ samples }: { samples: readonly Sample[] }) {
  const shown = useMemo(() => {
    const thin = thinned(samples, pointsMax);
    return {
      times: thin.map(({ timestamp }) => timestamp),
      lines: charts.map(({ title, column, color }) => [
        { label: title, values: thin.map((sample) => sample[column]), color },
      ]),
    };
  }, [samples]);
  return (
    <>
      {charts.map(({ title, unit, column }, i) => (
        <section key={title} class="card section">
          <Plot
            {...{ title, unit }}
            times={shown.times}
            lines={shown.lines[i] ?? []}
            fromZero={column !== 'elevation'}
            height={220}
          />
        </section>
      ))}
    </>
  );
}
