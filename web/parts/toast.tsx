import { signal } from '@preact/signals';
import { Button } from './button.tsx';

type Toast = { number: number; text: string; kind: 'good' | 'bad' };

const toastsMax = 3;
const shownMs = 6_000;
const toasts = signal<readonly Toast[]>([]);
let count = 0;

/** Says in passing what has happened. */
export function say(text: string, kind: Toast['kind'] = 'good'): void {
  count += 1;
  const number = count;
  toasts.value = [...toasts.value.slice(1 - toastsMax), { number, text, kind }];
  setTimeout(() => forget(number), shownMs);
}

function forget(number: number): void {
  toasts.value = toasts.value.filter((toast) => toast.number !== number);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ number, text, kind }) => (
        <div key={number} class={`toast ${kind}`}>
          {text}
          <Button small look="quiet" icon="close" label="Dismiss" onPress={() => forget(number)} />
        </div>
      ))}
    </div>
  );
}
