import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../src/postgres/wait.ts';
import { createNames, type Person } from './staff-people.ts';

/** Answers when the test says so. */
function slowPeople() {
  const open: { id: string; answer: (person?: Person) => void }[] = [];
  const ask = (id: string) =>
    new Promise<Person>((resolve, reject) => {
      open.push({
        id,
        answer: (person) => (person ? resolve(person) : reject(new Error('not found'))),
      });
    });
  return { open, names: createNames(ask, 0) };
}

const person = (id: string): Person => ({
  id,
  username: `name of ${id}`,
  email: `${id}@x.example`,
});
const waitMsMax = 2_000;

test('who is wanted twice is asked for once', async () => {
  const { open, names } = slowPeople();
  names.want('a');
  names.want('a');
  assert.equal(open.length, 1);

  open[0]?.answer(person('a'));
  const known = await until(() => names.of('a'), waitMsMax);
  names.want('a');
  assert.equal(open.length, 1);
  assert.equal(known?.username, 'name of a');
});

test('four are asked for at a time, and then whoever was wanted last', async () => {
  const { open, names } = slowPeople();
  for (const id of 'abcdefg') names.want(id);
  assert.equal(open.map(({ id }) => id).join(''), 'abcd');

  open[0]?.answer(person('a'));
  assert.equal((await until(() => open[4], waitMsMax))?.id, 'g');
});

test('who was not found is asked for again when somebody looks again', async () => {
  const { open, names } = slowPeople();
  names.want('a');
  open[0]?.answer();
  const again = await until(() => {
    names.want('a');
    return open[1];
  }, waitMsMax);
  assert.equal(again?.id, 'a');
  assert.equal(names.of('a'), undefined);
});
