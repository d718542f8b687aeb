import type { Steps } from './protocol.ts';
import { at, copyOf, told, type Answer, type Config, type State, type World } from './state.ts';

export type Model = { config: Config; steps: Steps };
/** Called for each state that one step leads to; the words are only made when somebody asks. */
export type Visit = (next: State, say: () => string) => void;
/** One state and where to report what may come next. */
export type Scene = { model: Model; state: State; visit: Visit };

/** One commit, or one thing a process forgets, as a state of its own. */
export function step(
  { model, state, visit }: Scene,
  words: string,
  change: (world: World) => void,
): void {
  const next = copyOf(state);
  change({ config: model.config, state: next });
  visit(next, () => words);
}

export function nameOf(config: Config, order: number): string {
  return `order ${at(config.orders, order).name}`;
}

const answers: Record<Exclude<Answer, 'reused'>, number> = {
  '-': 0,
  C: told.confirmed,
  F: told.confirmed,
  J: told.outOfStock,
  V: told.voided,
  X: told.cancelled,
};

/** What a client knows for certain after this answer, as `told` bits. */
export function toldBy(answer: Answer, body: number): number {
  return answer === 'reused' ? told.reused << body : answers[answer];
}
