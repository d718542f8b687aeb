// Shows each sample when it comes. After an interruption the browser says what it had last, and the
// stream goes on from there.
import { useEffect } from 'preact/hooks';
import { Dashboard, show } from './dashboard.tsx';
import { clockText, createSamples, type Gps } from './samples.ts';

const samples = createSamples();

function listen(): () => void {
  const events = new EventSource('/events');
  let totalMeters: number | undefined;
  events.addEventListener('gps', ({ data }: MessageEvent<string>) => {
    const gps = JSON.parse(data) as Gps;
    // The way to the first sample was before this page.
    totalMeters = totalMeters === undefined ? 0 : totalMeters + gps.distance_meters;
    samples.add(gps, totalMeters);
    samples.say(`Sample of ${clockText(gps.timestamp)} UTC.`);
  });
  events.addEventListener('error', () => {
    const isOver = events.readyState === EventSource.CLOSED;
    const text = isOver ? 'refused; load the page again' : 'interrupted; connecting again';
    samples.say(`The stream is ${text}.`, true);
  });
  return () => events.close();
}

function Pushing() {
  useEffect(listen, []);
  return <Dashboard title="GPS Reactive Replayer" samples={samples} />;
}

show(Pushing);
