import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGrid } from './grid.ts';

test('the nearest is found, also in the cell beside, and nothing that is far', () => {
  const grid = createGrid<string>(16);
  grid.add({ x: 15, y: 15 }, 'a');
  grid.add({ x: 30, y: 15 }, 'b');
  grid.add({ x: -5, y: -5 }, 'c');
  assert.equal(grid.near({ x: 17, y: 17 }), 'a');
  assert.equal(grid.near({ x: 25, y: 15 }), 'b');
  assert.equal(grid.near({ x: 1, y: 1 }), 'c');
  assert.equal(grid.near({ x: 60, y: 15 }), undefined);
  grid.clear();
  assert.equal(grid.near({ x: 15, y: 15 }), undefined);
});
