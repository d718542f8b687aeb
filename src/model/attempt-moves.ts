import { nameOf, step, toldBy, type Scene } from './scene.ts';
import {
  at,
  bit,
  copyOf,
  has,
  type Answer,
  type Attempt,
  type Config,
  type Outcome,
  type State,
} from './state.ts';

/** What a replica may do next with one batch. */
export function attemptMoves(scene: Scene, attempt: Attempt, batch: number): void {
  // Before S2 a crash is an attempt that never begins.
  if (attempt.step === 'idle') return reserveMoves(scene, batch);
  if (attempt.step === 'done') return;
  if (attempt.step === 'unheld') holdMove(scene, attempt, batch);
  if (attempt.step === 'reserved') placeMoves(scene, attempt, batch);
  if (attempt.step === 'placed') answerMove(scene, attempt, batch);
  step(scene, `attempt ${batch + 1} dies`, ({ state }) => finish(state, batch));
}

/** S2, with and without carrying settled holds along: nobody has to, its replica may be new. */
function reserveMoves(scene: Scene, batch: number): void {
  const { config, steps } = scene.model;
  const choices = config.settledShortcut && scene.state.settled !== 0 ? [false, true] : [false];
  for (const dropSettled of choices) {
    const next = copyOf(scene.state);
    const outcomes = steps.reserve({ config, state: next }, { batch, dropSettled });
    const carried = dropSettled ? ', carrying settled holds away' : '';
    const words = () => `attempt ${batch + 1} reserves ${list(config, batch, outcomes)}${carried}`;
    if (config.lostReplies) scene.visit(copyOf(next), () => `${words()}; the reply is lost`);
    const held = has(next.holds, batch) ? 'reserved' : 'unheld';
    next.attempts[batch] = { step: held, notes: outcomes };
    scene.visit(next, words);
  }
}

/** Only where the hold is not part of S2. */
function holdMove(scene: Scene, { notes }: Attempt, batch: number): void {
  step(scene, `attempt ${batch + 1} writes its hold`, (world) => {
    scene.model.steps.hold(world, batch);
    world.state.attempts[batch] = { step: 'reserved', notes };
  });
}

/** S3. Without a reply the replica knows no more than before, and asks again with the same ids. */
function placeMoves(scene: Scene, { notes }: Attempt, batch: number): void {
  const { config, steps } = scene.model;
  const call = { batch, outcomes: notes as Outcome[] };
  const next = copyOf(scene.state);
  const world = { config, state: next };
  const answers = steps.place(world, call);
  const words = () => `attempt ${batch + 1} places and reads ${list(config, batch, answers)}`;
  if (config.lostReplies) scene.visit(copyOf(next), () => `${words()}; the reply is lost`);
  if (steps.needsNoSweeper(world, call)) next.settled |= bit(batch);
  next.attempts[batch] = { step: 'placed', notes: answers };
  scene.visit(next, words);
}

/** S4: from now on the clients of this batch know. */
function answerMove(scene: Scene, { notes }: Attempt, batch: number): void {
  const requests = at(scene.model.config.attempts, batch);
  const words = () => `attempt ${batch + 1} answers ${list(scene.model.config, batch, notes)}`;
  const next = copyOf(scene.state);
  requests.forEach(({ order, body }, n) => {
    at(next.orders, order).told |= toldBy(at(notes, n) as Answer, body);
  });
  finish(next, batch);
  scene.visit(next, words);
}

/** Answered, or dead with its client left at 503 `outcome_unknown`: it does nothing more. */
function finish(state: State, batch: number): void {
  state.attempts[batch] = { step: 'done', notes: at(state.attempts, batch).notes.map(() => '-') };
}

/** "order a: ok, order b: short" */
function list(config: Config, batch: number, notes: readonly string[]): string {
  const parts = at(config.attempts, batch).map(
    ({ order }, n) => `${nameOf(config, order)}: ${at(notes, n)}`,
  );
  return parts.join(', ');
}
