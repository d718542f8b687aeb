import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

const restMs = 250;

type Typed = { text: string; type: (text: string) => void };

/** What is being typed; `settled` is called once the reader rests, and not for each letter. */
export function useTyped(current: string, settled: (text: string) => void): Typed {
  const text = useSignal(current);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    // What is being typed right now is newer than what it has led to until now.
    if (timer.current === undefined && text.peek().trim() !== current) text.value = current;
  }, [current]);
  useEffect(() => () => clearTimeout(timer.current), []);

  return {
    text: text.value,
    type(value) {
      text.value = value;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        timer.current = undefined;
        settled(value.trim());
      }, restMs);
    },
  };
}
