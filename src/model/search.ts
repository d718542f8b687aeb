import { visitNext } from './actors.ts';
import { createCodec, type Codec } from './codec.ts';
import {
  heals,
  healed,
  invariants,
  isQuiet,
  withoutMemory,
  type Invariant,
  type Promised,
} from './invariants.ts';
import type { Model } from './scene.ts';
import { createStateSet, type StateSet } from './state-set.ts';
import { initialState, type State } from './state.ts';

export type Violation = { promise: Promised; trace: string[] };
export type Result = { states: number; transitions: number; violation?: Violation };

export type SearchOptions = {
  /** What to look at; everything unless told. */
  promises?: readonly Promised[];
  /** Called now and then on a long way. */
  onProgress?: (progress: { states: number; waiting: number }) => void;
};

const progressEvery = 1 << 16;
const everything: readonly Promised[] = [...(Object.keys(invariants) as Invariant[]), heals];

/** Breadth first through everything that can happen; stops at the first broken promise. */
export function search(model: Model, options: SearchOptions = {}): Result {
  const { promises = everything, onProgress } = options;
  const initial = initialState(model.config);
  const codec = createCodec(model.config, initial);
  const seen = createStateSet(codec.words);
  const brokenIn = createCheck(model, codec, promises);
  const parents: number[] = [];
  const result: Result = { states: 0, transitions: 0 };

  function arrive(state: State, parent: number): void {
    const index = seen.add(codec.encode(state));
    if (index === -1) return;
    parents.push(parent);
    const promise = brokenIn(state);
    if (!promise) return;
    const trace = traceTo({ model, codec, seen, parents }, index);
    if (promise === heals) trace.push('everybody dies; sweepers and relays begin anew');
    result.violation = { promise, trace };
  }

  arrive(initial, -1);
  for (let index = 0; index < seen.size() && !result.violation; index += 1) {
    if (onProgress && index % progressEvery === 0) {
      onProgress({ states: seen.size(), waiting: seen.size() - index });
    }
    visitNext(model, codec.decode(seen.get(index)), (next) => {
      result.transitions += 1;
      if (!result.violation) arrive(next, index);
    });
  }
  result.states = seen.size();
  return result;
}

/** Names the first promise a state breaks. */
function createCheck(model: Model, codec: Codec, promises: readonly Promised[]) {
  const { config } = model;
  const checks = promises
    .filter((promise) => promise !== heals)
    .map((promise) => ({ promise, isKept: invariants[promise] }));
  const wantsHealing = promises.includes(heals);
  // Healing sees only what survives a crash, and few states differ in that.
  const healing = createStateSet(codec.words);

  return (state: State): Promised | undefined => {
    const broken = checks.find(({ isKept }) => !isKept({ config, state }));
    if (broken) return broken.promise;
    if (!wantsHealing || healing.add(codec.encode(withoutMemory(state))) === -1) return undefined;
    const after = healed(model, state);
    if (!isQuiet(after)) return heals;
    return checks.find(({ isKept }) => !isKept({ config, state: after }))?.promise;
  };
}

type Known = { model: Model; codec: Codec; seen: StateSet; parents: readonly number[] };

/** The words of the shortest way to a state, found by walking it once more. */
function traceTo({ model, codec, seen, parents }: Known, last: number): string[] {
  const trace: string[] = [];
  for (let index = last; index > 0; index = parents[index] ?? 0) {
    const wanted = seen.get(index).join(' ');
    let words = '';
    visitNext(model, codec.decode(seen.get(parents[index] ?? 0)), (next, say) => {
      if (!words && codec.encode(next).join(' ') === wanted) words = say();
    });
    trace.unshift(words);
  }
  return trace;
}
