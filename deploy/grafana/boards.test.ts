import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { readBoards, type Panel } from './testing-boards.ts';

type Provisioned = { datasources: { uid: string; type: string }[] };

const boards = readBoards();
const provisioning = join(import.meta.dirname, 'provisioning');
const { datasources } = parse(
  readFileSync(join(provisioning, 'datasources', 'bazar.yaml'), 'utf8'),
) as Provisioned;

/** Panels of these kinds show no number. */
const withoutUnit = new Set(['row', 'logs', 'alertlist']);
const columns = 24;

const ones = (panels: Panel[]) => panels.filter(({ type }) => type !== 'row');

function overlap(one: Panel, other: Panel): boolean {
  const [a, b] = [one.gridPos, other.gridPos];
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

test('there are four dashboards, each with an address of its own', () => {
  assert.deepEqual(boards.map(({ uid }) => uid).toSorted(), [
    'bazar-data',
    'bazar-services',
    'bazar-shop',
    'bazar-tracking',
  ]);
});

for (const { file, panels, annotations, templating, links, schemaVersion, tags } of boards) {
  describe(file, () => {
    test('is in the form of Grafana 13, and found by its neighbours', () => {
      assert.equal(schemaVersion, 42);
      assert.ok(tags.includes('bazar'));
      assert.deepEqual(
        links.map(({ title }) => title),
        ['Bazar', 'Logs', 'Traces'],
      );
    });

    test('begins with a row, has a title over each group, and no id twice', () => {
      assert.equal(panels[0]?.type, 'row');
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
      for (const { title, id } of panels) assert.ok(title, `panel ${id}`);
    });

    test('has its panels side by side, not over each other', () => {
      for (const [i, panel] of panels.entries()) {
        const { x, w } = panel.gridPos;
        assert.ok(x >= 0 && x + w <= columns, panel.title);
        const others = panels.slice(i + 1).filter((other) => overlap(panel, other));
        assert.deepEqual(others, [], panel.title);
      }
    });

    test('says of each panel what it shows, in which unit, and from where', () => {
      for (const { title, type, description, datasource, fieldConfig, targets } of ones(panels)) {
        assert.ok((description ?? '').length > 10, title);
        assert.ok(withoutUnit.has(type) || fieldConfig?.defaults.unit, title);
        assert.ok(type === 'alertlist' || (targets ?? []).length > 0, title);
        const refIds = (targets ?? []).map(({ refId }) => refId);
        assert.equal(new Set(refIds).size, refIds.length, title);
        assert.ok(
          datasources.some(({ uid }) => uid === datasource?.uid),
          title,
        );
      }
    });

    test('asks only datasources that are provisioned', () => {
      for (const { datasource } of [...ones(panels), ...annotations.list, ...templating.list]) {
        assert.ok(datasources.some((known) => isSame(known, datasource)));
      }
    });
  });
}

function isSame(known: { uid: string; type: string }, used?: { uid: string; type: string }) {
  return known.uid === used?.uid && known.type === used.type;
}

test('what the links of dashboards open is provisioned as well', () => {
  const urls = boards.flatMap(({ links }) => links.flatMap(({ url }) => url ?? []));
  const used = urls.map((url) => {
    const panes = new URL(url, 'http://grafana').searchParams.get('panes') ?? '';
    return (JSON.parse(panes) as { a: { datasource: string } }).a.datasource;
  });
  assert.deepEqual([...new Set(used)].toSorted(), ['jaeger', 'loki']);
  for (const uid of used) assert.ok(datasources.some((known) => known.uid === uid));
});
