// The five panels that both pages have: a table, a map, three charts.
import { chartOf, mapOf } from './plots.js';

const rowsMax = 5_000;
const fields = [
  'timestamp',
  'latitude',
  'longitude',
  'elevation',
  'accuracy',
  'bearing',
  'speed_meters_per_second',
  'satellites',
  'hdop',
  'vdop',
  'pdop',
  'distance_meters',
  'elapsed_time_seconds',
  'total_meters',
];
const charts = {
  distance: 'total_meters',
  speed: 'speed_meters_per_second',
  elevation: 'elevation',
};
const find = (selector) => document.querySelector(selector);

export function createPanels() {
  const rows = [];
  let fresh = [];
  const body = find('tbody');
  find('thead tr').append(...fields.map((field) => element('th', field.replaceAll('_', ' '))));

  function draw() {
    body.prepend(...fresh.toReversed().map(tableRow));
    fresh = [];
    while (body.rows.length > rowsMax) body.lastElementChild.remove();
    drawMap(find('#map'), mapOf(rows));
    for (const [id, field] of Object.entries(charts))
      drawChart(find(`#${id}`), chartOf(rows, field));
  }

  return {
    /** However many come before the next picture, it is drawn once. */
    add(gps, totalMeters) {
      const row = { ...gps, total_meters: totalMeters };
      if (fresh.length === 0) requestAnimationFrame(draw);
      for (const list of [fresh, rows]) {
        list.push(row);
        if (list.length > rowsMax) list.shift();
      }
    },

    say(text, isFailure = false) {
      const status = find('#status');
      status.textContent = text;
      status.classList.toggle('failed', isFailure);
    },
  };
}

export const clock = (seconds) => new Date(seconds * 1_000).toISOString().slice(11, 19);

function tableRow(row) {
  const tr = element('tr');
  tr.append(...fields.map((field) => element('td', shown(field, row[field]))));
  return tr;
}

function shown(field, value) {
  if (value === null) return '–';
  if (field === 'timestamp') return new Date(value * 1_000).toISOString();
  return String(Number(value.toFixed(7)));
}

function drawChart(svg, chart) {
  if (!chart) return;
  const { points, from, until, min, max } = chart;
  svg.replaceChildren(
    line(points),
    label(4, 16, max.toFixed(1)),
    label(4, 226, min.toFixed(1)),
    label(70, 236, clock(from)),
    label(420, 236, clock(until)),
  );
}

function drawMap(svg, map) {
  if (!map) return;
  const { points, scale } = map;
  const [x, y] = points.at(-1);
  const bar = { x1: 10, x2: 10 + scale.pixels, y1: 228, y2: 228, class: 'scale' };
  svg.replaceChildren(
    line(points),
    shape('circle', { cx: x, cy: y, r: 4, class: 'here' }),
    shape('line', bar),
    label(10, 222, `${scale.meters} m`),
    label(465, 16, 'N'),
  );
}

function line(points) {
  return shape('polyline', { points: points.map((one) => one.join(',')).join(' ') });
}

function label(x, y, text) {
  const one = shape('text', { x, y });
  one.textContent = text;
  return one;
}

function shape(name, attributes) {
  const one = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
  return one;
}

function element(name, text = '') {
  const one = document.createElement(name);
  one.textContent = text;
  return one;
}
