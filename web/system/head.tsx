import type { ComponentChildren } from 'preact';
import { clock, duration, plural } from '../base/format.ts';
import { Badge } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import type { System } from './shapes.ts';
import { upSeconds, verdictOf, versionsOf } from './verdict.ts';

export function LiveBadge({ isLive, at }: { isLive: boolean; at: string }) {
  return isLive ? (
    <>
      <span class="muted number">{clock(at)}</span>
      <Badge tone="good">Live</Badge>
    </>
  ) : (
    <Badge tone="warn">Known at {clock(at)}</Badge>
  );
}

type Props = {
  system: System;
  /** What happened since then, if it is not known any more. */
  children: ComponentChildren;
};

/** How it is, in one sentence; read out only when that changes. */
export function Head({ system, children }: Props) {
  const { level, sentence, more } = verdictOf(system);
  const { processes } = system;
  return (
    <section class={`card verdict ${level}`} aria-label="How it is">
      <span class="sign">
        <Icon name={level === 'good' ? 'check' : 'alert'} />
      </span>
      <div class="said">
        <p class="sentence" role="status">
          {sentence}
        </p>
        {more.length > 0 && (
          <ul class="findings" aria-label="What is wrong besides">
            {more.map((finding) => (
              <li key={finding.text}>
                <Badge tone={finding.level}>
                  {finding.level === 'bad' ? 'Problem' : 'Warning'}
                </Badge>{' '}
                {finding.text}
              </li>
            ))}
          </ul>
        )}
        <p class="muted facts-line">
          <span>Up for {duration(upSeconds(system))}</span>
          <span>Version {versionsOf(processes).join(', ')}</span>
          <span>{plural(processes.length, 'process', 'processes')}</span>
        </p>
      </div>
      <div class="lost" role="status">
        {children}
      </div>
    </section>
  );
}
