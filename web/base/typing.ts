import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

const restMsUsual = 250;

type Typed = { text: string; type: (text: string) => void };

/** What is being typed; `settled` is called once the reader rests, and not for each letter. */
export function useTyped(
  current: string,
  settled: (text: string) => void,
  restMs = restMsUsual,
): Typed {
  const text = useSignal(current);
  const asked = useRef(current);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    // A link or the way back has changed it; what typing has led to itself changes nothing.
    if (asked.current === current) return;
    asked.current = current;
    clearTimeout(timer.current);
    text.value = current;
  }, [current]);
  useEffect(() => () => clearTimeout(timer.current), []);

  return {
    text: text.value,
    type(value) {
      text.value = value;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        const wanted = value.trim();
        if (wanted === asked.current) return;
        asked.current = wanted;
        settled(wanted);
      }, restMs);
    },
  };
}
