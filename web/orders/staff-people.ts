import { signal } from '@preact/signals';
import type { User } from '../base/session.ts';

export type Person = Pick<User, 'id' | 'username' | 'email' | 'name'>;

const knownMax = 1_000;
const waitingMax = 200;
const askedAtOnceMax = 4;
/** In a busy shop somebody new orders all the time, and the reader has other things to ask too. */
const restMs = 200;

/** Knows who is behind an id; asked for each once, a few at a time. */
export function createNames(ask: (id: string) => Promise<Person>, pauseMs = restMs) {
  const known = signal<ReadonlyMap<string, Person>>(new Map());
  const wanted = new Set<string>();
  const asked = new Set<string>();

  function learn(people: readonly Person[]): void {
    const all = [...known.peek(), ...people.map((person) => [person.id, person] as const)];
    known.value = new Map(all.slice(-knownMax));
  }

  async function askFor(id: string): Promise<void> {
    wanted.delete(id);
    asked.add(id);
    // Who cannot be found stays an id; whoever looks again asks again.
    const person = await ask(id).catch(() => undefined);
    if (person) learn([person]);
    setTimeout(() => {
      asked.delete(id);
      next();
    }, pauseMs);
  }

  function next(): void {
    // Who was wanted last is on the screen most likely.
    const id = [...wanted].at(-1);
    if (id !== undefined && asked.size < askedAtOnceMax) void askFor(id);
  }

  return {
    of: (id: string): Person | undefined => known.value.get(id),
    learn,
    want(id: string): void {
      if (known.peek().has(id) || asked.has(id)) return;
      wanted.add(id);
      for (const oldest of wanted) {
        if (wanted.size <= waitingMax) break;
        wanted.delete(oldest);
      }
      next();
    },
  };
}
