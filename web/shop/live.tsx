import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

/** Lights up for a moment when what it shows has changed under the eyes of the reader. */
export function Live({ of, children }: { of: string | number; children: ComponentChildren }) {
  const first = useRef(of);
  const hasChanged = useRef(false);
  hasChanged.current ||= first.current !== of;
  // With another key it is another element, which begins its animation anew.
  return (
    <span key={of} class={hasChanged.current ? 'live changed' : 'live'}>
      {children}
    </span>
  );
}
