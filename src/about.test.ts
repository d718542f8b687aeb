import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutOf } from './about.ts';
import { readConfig } from './config.ts';

test('a Bazar says how it is set up, and nothing of pictures that it does not have', () => {
  const config = readConfig(['--currency=CHF', '--stale-seconds=5', '--fix-days=7'], {});
  const facts = { name: 'Bazar', version: '1.2.3', currency: 'CHF', staleSeconds: 5, fixDays: 7 };
  assert.deepEqual(aboutOf(config, '1.2.3'), facts);
});

test('a Bazar says where pictures of the map come from, and whose they are', () => {
  const url = 'https://tiles.example:8443/{z}/{x}/{y}.png';
  const { mapTiles } = aboutOf(readConfig([`--map-tiles-url=${url}`], {}), '1');
  assert.deepEqual(mapTiles, { url, attribution: '© OpenStreetMap contributors' });
});
