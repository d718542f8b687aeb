import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { number, plural } from '../base/format.ts';
import { to } from '../base/routing.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Waiting } from '../parts/notice.tsx';
import { find, type Seen } from './fleet.ts';
import type { Live } from './live.ts';
import { ageText, motionOf, motionText } from './motion.ts';

const rowsFirst = 100;

/** All vehicles by name; the newest of each is counted by itself. */
export function VehicleList({ live }: { live: Live }) {
  const letters = useSignal('');
  const rowsMax = useSignal(rowsFirst);
  void live.nowMs.value;
  const { all } = live.fleet;
  const ids = useMemo(
    () => find(all.values(), letters.value).map(({ id }) => id),
    [live.fleet.names(), letters.value],
  );
  const shown = ids.slice(0, rowsMax.value).flatMap((id) => all.get(id) ?? []);
  return (
    <div class="map-list">
      <Field
        label="Find a vehicle"
        type="search"
        placeholder="Name or id"
        maxLength={200}
        value={letters.value}
        onValue={(value) => {
          letters.value = value;
          rowsMax.value = rowsFirst;
        }}
      />
      {all.size === 0 && !live.isListed.value && <Waiting rows={5} />}
      <p class="hint" role="status">
        {all.size > 0 &&
          (letters.value ? foundText(ids.length, all.size) : plural(all.size, 'vehicle'))}
      </p>
      <ul>
        {shown.map((seen) => (
          <Row key={seen.id} seen={seen} live={live} />
        ))}
      </ul>
      {ids.length > shown.length && (
        <div class="more">
          <Button
            small
            onPress={() => {
              rowsMax.value += rowsFirst;
            }}
          >
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}

function foundText(found: number, all: number): string {
  return found === 0 ? 'None has these letters.' : `${number(found)} of ${plural(all, 'vehicle')}`;
}

function Row({ seen, live }: { seen: Seen; live: Live }) {
  const now = live.now();
  return (
    <li>
      <a href={to('vehicle', { id: seen.id })} class={`map-row ${motionOf(seen, now)}`}>
        <i aria-hidden="true" />
        <span class="map-name">
          <b>{seen.name ?? seen.id}</b>
          {seen.name !== undefined && <span class="muted">{seen.id}</span>}
        </span>
        <span class="map-state">
          <span>{motionText(seen, now)}</span>
          <span class="muted">{seen.fix ? ageText(seen.timeMs, now.nowMs) : 'no fix yet'}</span>
        </span>
      </a>
    </li>
  );
}
