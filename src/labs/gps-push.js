// Shows each sample when it comes. After an interruption the browser says what it had last, and the
// stream goes on from there.
import { clock, createPanels } from './panels.js';

const panels = createPanels();
const events = new EventSource('/events');
let totalMeters;

events.addEventListener('gps', ({ data }) => {
  const gps = JSON.parse(data);
  // The way to the first sample was before this page.
  totalMeters = totalMeters === undefined ? 0 : totalMeters + gps.distance_meters;
  panels.add(gps, totalMeters);
  panels.say(`Sample of ${clock(gps.timestamp)} UTC.`);
});

events.addEventListener('error', () => {
  const isOver = events.readyState === EventSource.CLOSED;
  const text = isOver ? 'refused; load the page again' : 'interrupted; connecting again';
  panels.say(`The stream is ${text}.`, true);
});
