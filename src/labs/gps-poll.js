// Asks for the newest sample every so often, and how far the way to it was.
import { clock, createPanels } from './panels.js';

const answerMsMax = 10_000;
const period = document.querySelector('#period');
const panels = createPanels();
let last;
let totalMeters = 0;
let timer;
let isAsking = false;

async function ask(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(answerMsMax) });
  const answer = await response.json();
  if (response.ok) return answer;
  throw new Error(typeof answer.detail === 'string' ? answer.detail : `it says ${response.status}`);
}

/** Along all fixes, also those between two samples of this page. */
async function metersBetween(from, to) {
  const way = await ask(`/distance?from=${from}&to=${to}`);
  if (way.to >= to || way.to <= from) return way.distance_meters;
  return way.distance_meters + (await metersBetween(way.to, to));
}

async function take() {
  const gps = await ask('/gps_state');
  if (last !== undefined && gps.timestamp <= last) {
    panels.say(`Nothing new since ${clock(last)} UTC.`);
    return;
  }
  const meters = last === undefined ? 0 : await metersBetween(last, gps.timestamp);
  totalMeters += meters;
  last = gps.timestamp;
  panels.add(gps, totalMeters);
  panels.say(`Sample of ${clock(last)} UTC.`);
}

async function round() {
  if (isAsking) return;
  isAsking = true;
  await take().catch((error) => {
    panels.say(`The request of ${clock(Date.now() / 1_000)} UTC failed: ${error.message}`, true);
  });
  isAsking = false;
}

function restart() {
  if (!period.checkValidity() || period.value === '') {
    panels.say('The period is a whole number from 1 to 60.', true);
    return;
  }
  clearInterval(timer);
  timer = setInterval(() => void round(), Number(period.value) * 1_000);
}

period.addEventListener('change', restart);
restart();
void round();
