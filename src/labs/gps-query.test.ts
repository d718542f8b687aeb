import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../platform/errors.ts';
import { detailOf, numberIn, uuidIn } from './gps-query.ts';

function faultOf(read: () => unknown): unknown {
  try {
    read();
  } catch (error) {
    const { status, body } = detailOf(error as AppError);
    assert.equal(status, 422);
    return (body.detail as unknown as object[])[0];
  }
  return undefined;
}

const range = { min: 0.1, max: 60 };
const loc = ['query', 'n'];

test('a number may be written in every way that means one', () => {
  const cases = { '10': 10, ' 5 ': 5, '+1.5': 1.5, '.5': 0.5, '5.': 5, '1e1': 10, '0.1': 0.1 };
  for (const [n, value] of Object.entries(cases)) assert.equal(numberIn({ n }, 'n', range), value);
  assert.equal(numberIn({ n: ['1', '2'] }, 'n', range), 2);
});

test('what is no number in the range is refused in the words of the original', () => {
  const parsing = 'Input should be a valid number, unable to parse string as a number';
  const cases: [string | undefined, string, string][] = [
    [undefined, 'missing', 'Field required'],
    ['', 'float_parsing', parsing],
    ['x', 'float_parsing', parsing],
    ['0x10', 'float_parsing', parsing],
    ['1 0', 'float_parsing', parsing],
    ['nan', 'finite_number', 'Input should be a finite number'],
    ['-inf', 'finite_number', 'Input should be a finite number'],
    ['1e400', 'finite_number', 'Input should be a finite number'],
    ['0', 'greater_than_equal', 'Input should be greater than or equal to 0.1'],
    ['-3', 'greater_than_equal', 'Input should be greater than or equal to 0.1'],
    ['60.5', 'less_than_equal', 'Input should be less than or equal to 60'],
  ];
  for (const [n, type, msg] of cases) {
    const fault = faultOf(() => numberIn({ n }, 'n', range)) as { ctx?: object };
    const { ctx: _, ...rest } = fault;
    assert.deepEqual(rest, { type, loc, msg, input: n ?? null });
  }
});

test('a UUID is read in each of its spellings, and nothing else is one', () => {
  const id = '2de2d341-4081-47b8-89cb-ec9f53c64960';
  for (const n of [id, id.toUpperCase(), id.replaceAll('-', ''), `urn:uuid:${id}`]) {
    assert.equal(uuidIn({ n }, 'n'), id);
  }
  for (const n of ['', 'x', `${id}0`, id.slice(1), `${id}\n`, '%00']) {
    const msg = 'Input should be a valid UUID';
    assert.deepEqual(
      faultOf(() => uuidIn({ n }, 'n')),
      { type: 'uuid_parsing', loc, msg, input: n },
    );
  }
});

test('other refusals are a sentence, and nothing of the inside is told', () => {
  const { status, body } = detailOf(new AppError('unavailable', 'Not yet'));
  assert.deepEqual({ status, body }, { status: 503, body: { detail: 'Not yet' } });
  assert.deepEqual(detailOf(new AppError('notFound', 'x')).body, { detail: 'Not Found' });
});
