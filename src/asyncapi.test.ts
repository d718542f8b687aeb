import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { asyncApiDocument, eventSchema } from './asyncapi.ts';
import { gpsState } from './tracking/gps-state.ts';
import { GpsState } from './tracking/shapes.ts';

const schemaFile = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0.json');

async function asyncApiSchema() {
  // It carries the schema of schemas itself.
  const options = { meta: false, validateSchema: false } as const;
  const ajv = new Ajv({ ...options, strict: false, validateFormats: false });
  return ajv.compile(JSON.parse(await readFile(schemaFile, 'utf8')) as object);
}

test('the document is AsyncAPI 3, and the check can tell', async () => {
  const fits = await asyncApiSchema();
  const document = asyncApiDocument('1.2.3');
  assert.ok(fits(document), JSON.stringify(fits.errors?.slice(0, 5)));
  assert.ok(!fits({ ...document, channels: { stream: { address: 7 } } }));
});

test('every reference leads somewhere', () => {
  const document = asyncApiDocument('1.2.3');
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
  assert.ok(refs.length > 10);
  for (const [, path = ''] of refs) {
    const found = path
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
    assert.ok(found, path);
  }
});

test('a fix on the bus is as the document says', () => {
  const fits = new Ajv({ strict: false }).compile(GpsState);
  const fix = { timestamp: '2026-11-20T12:00:00Z', latitude: 1, longitude: 2, satellites: 9 };
  const said = { vehicleId: 'van-1', ownerId: null, fix, atMs: 1_000 };
  for (const before of [undefined, { latitude: 1, longitude: 2.1, atMs: 0 }]) {
    const { value } = gpsState(said, before);
    assert.ok(fits(value), JSON.stringify(fits.errors));
  }
  assert.ok(!fits({ vehicle: 'van-1' }));
});

test('an event of another type does not fit', () => {
  const fits = new Ajv({ strict: false }).compile(eventSchema('fix.v1'));
  assert.ok(!fits({ type: 'order.placed.v1' }));
});
