import { useEffect, useRef } from 'preact/hooks';
import { exactTime, number } from '../base/format.ts';
import { to } from '../base/routing.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { copyAndSay } from '../parts/copy.ts';
import { Icon } from '../parts/icon.tsx';
import { Empty, Waiting } from '../parts/notice.tsx';
import { Average } from './average.tsx';
import type { Fix, Seen } from './fleet.ts';
import { placeText } from './geo.ts';
import { History } from './history.tsx';
import type { Live } from './live.ts';
import type { MapView } from './map-view.ts';
import {
  ageText,
  headingText,
  motionOf,
  motionText,
  speedOf,
  speedText,
  type Motion,
} from './motion.ts';

type Props = {
  live: Live;
  id: string;
  view: MapView | undefined;
  isFollowing: { value: boolean };
};

const tones: Record<Motion, Tone> = {
  moving: 'good',
  standing: 'info',
  stale: 'warn',
  unseen: 'neutral',
};

/** One vehicle: now, before, and on average. */
export function VehiclePanel({ live, id, view, isFollowing }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  void live.nowMs.value;
  const seen = live.fleet.all.get(id);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [seen !== undefined]);
  const back = (
    <a class="back" href={to('map')}>
      <Icon name="back" />
      All vehicles
    </a>
  );
  if (!seen) {
    return (
      <>
        {back}
        {live.isListed.value ? (
          <Empty icon="truck" title="There is no such vehicle">
            <p>Nothing is known here by the id {id}, or it is somebody else’s.</p>
          </Empty>
        ) : (
          <Waiting rows={5} />
        )}
      </>
    );
  }
  const now = live.now();
  return (
    <>
      {back}
      <div class="map-head">
        <h2 ref={heading} tabIndex={-1}>
          {seen.name ?? seen.id}
        </h2>
        <Badge tone={tones[motionOf(seen, now)]}>{motionText(seen, now)}</Badge>
      </div>
      {seen.fix ? (
        <>
          <Facts seen={seen} fix={seen.fix} live={live} />
          <Doings fix={seen.fix} isFollowing={isFollowing} />
        </>
      ) : (
        <p class="muted">It has not said yet where it is.</p>
      )}
      <History id={id} view={view} now={live.now} />
      <Average id={id} now={live.now} />
    </>
  );
}

function Facts({ seen, fix, live }: { seen: Seen; fix: Fix; live: Live }) {
  const { nowMs, staleSeconds } = live.now();
  const speed = speedOf(fix);
  const isStale = nowMs - seen.timeMs > staleSeconds * 1_000;
  return (
    <dl class="facts map-facts">
      <dt>Seen</dt>
      <dd>
        <time dateTime={fix.timestamp} title={exactTime(fix.timestamp)}>
          {ageText(seen.timeMs, nowMs)}
        </time>
        {isStale && <span class="map-stale">, stale: older than {staleSeconds} s</span>}
      </dd>
      <dt>Speed</dt>
      <dd>{speed === undefined ? 'not told' : speedText(speed)}</dd>
      <dt>Heading</dt>
      <dd>{fix.bearing === undefined ? 'not told' : headingText(fix.bearing)}</dd>
      <dt>Elevation</dt>
      <dd>{fix.elevation === undefined ? 'not told' : `${number(fix.elevation, 1)} m`}</dd>
      <dt>Accuracy</dt>
      <dd>{fix.accuracy === undefined ? 'not told' : `± ${number(fix.accuracy, 1)} m`}</dd>
      <dt>Position</dt>
      <dd class="number">{placeText(fix)}</dd>
      <dt>Id</dt>
      <dd class="mono">{seen.id}</dd>
    </dl>
  );
}

function Doings({ fix, isFollowing }: { fix: Fix; isFollowing: { value: boolean } }) {
  return (
    <div class="actions">
      <Button
        small
        icon="target"
        isPressed={isFollowing.value}
        onPress={() => {
          isFollowing.value = !isFollowing.value;
        }}
      >
        Follow
      </Button>
      <Button small icon="copy" onPress={() => void copyAndSay(placeText(fix), 'Position copied')}>
        Copy position
      </Button>
    </div>
  );
}
