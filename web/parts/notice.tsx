import type { ComponentChildren } from 'preact';
import type { AppError } from '../../src/platform/errors.ts';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

type NoticeProps = { kind?: 'info' | 'good' | 'warn' | 'bad'; children: ComponentChildren };

/** Something the reader should know before going on. */
export function Notice({ kind = 'info', children }: NoticeProps) {
  return (
    <div class={`notice ${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
      <Icon name={kind === 'good' ? 'check' : 'alert'} />
      <div>{children}</div>
    </div>
  );
}

type FailureProps = { problem: AppError; what?: string; again?: (() => void) | undefined };

/** What has happened, and a way to try again. */
export function Failure({ problem, what, again }: FailureProps) {
  return (
    <Notice kind="bad">
      {what && <strong>{what} </strong>}
      {problem.message}
      {again && (
        <p>
          <Button small onPress={again}>
            Try again
          </Button>
        </p>
      )}
    </Notice>
  );
}

type EmptyProps = { icon: IconName; title: string; children?: ComponentChildren };

/** There is nothing here, and what to do about that. */
export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** Grey bars where something is about to be. */
export function Waiting({ rows = 3 }: { rows?: number }) {
  return (
    <div class="waiting" role="status">
      <span class="unseen">Loading…</span>
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} class="bone" />
      ))}
    </div>
  );
}
