// Asks for the newest sample every so often.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Field } from '../parts/field.tsx';
import { createAsking } from './asking.ts';
import { Dashboard, show } from './dashboard.tsx';
import { createSamples } from './samples.ts';

const secondsMax = 60;
const samples = createSamples();
const round = createAsking(samples);

function isPeriod(text: string): boolean {
  const seconds = Number(text);
  return text !== '' && Number.isInteger(seconds) && seconds >= 1 && seconds <= secondsMax;
}

function Polling() {
  const period = useSignal('5');
  const everySeconds = useSignal(5);
  const text = period.value;
  useEffect(() => void round(), []);
  useEffect(() => {
    const timer = setInterval(() => void round(), everySeconds.value * 1_000);
    return () => clearInterval(timer);
  }, [everySeconds.value]);
  return (
    <Dashboard title="GPS REST Replayer" samples={samples}>
      <div class="lab-period">
        <Field
          label="Data request period, in seconds"
          type="number"
          min={1}
          max={secondsMax}
          step={1}
          value={text}
          error={isPeriod(text) ? undefined : 'The period is a whole number from 1 to 60.'}
          onValue={(value) => {
            period.value = value;
            // Until it is a period again, the page goes on as before.
            if (isPeriod(value)) everySeconds.value = Number(value);
          }}
        />
      </div>
    </Dashboard>
  );
}

show(Polling);
