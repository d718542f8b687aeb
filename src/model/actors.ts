import { attemptMoves } from './attempt-moves.ts';
import { nameOf, step, toldBy, type Model, type Scene, type Visit } from './scene.ts';
import {
  at,
  has,
  idleRelay,
  idleSweeper,
  noBody,
  nothing,
  told,
  type State,
  type World,
} from './state.ts';

/** Every step that anybody may take now. */
export function visitNext(model: Model, state: State, visit: Visit): void {
  const scene = { model, state, visit };
  state.attempts.forEach((attempt, batch) => attemptMoves(scene, attempt, batch));
  state.sweepers.forEach((_, sweeper) => sweeperMoves(scene, sweeper));
  state.relays.forEach((_, relay) => relayMoves(scene, relay));
  staffMoves(scene);
  clientMoves(scene);
}

/** Reading holds and asking orders, then settling; no lock in between, and no age: T_hold is 0. */
function sweeperMoves(scene: Scene, sweeper: number): void {
  const { state, model } = scene;
  const { batch, release } = at(state.sweepers, sweeper);
  if (batch === nothing) return askMoves(scene, sweeper);
  const name = `sweeper ${sweeper + 1}`;
  step(scene, `${name} settles batch ${batch + 1}`, (world) => {
    model.steps.settle(world, { batch, release });
    world.state.sweepers[sweeper] = idleSweeper();
  });
  step(scene, `${name} dies`, (world) => {
    world.state.sweepers[sweeper] = idleSweeper();
  });
}

/**
 * One batch at a time is enough: settling several is the same as settling each. A batch whose hold
 * is gone may be asked about too: the hold was read before it went.
 */
function askMoves(scene: Scene, sweeper: number): void {
  scene.state.attempts.forEach(({ step: reached }, batch) => {
    const mayBeKnown = has(scene.state.holds, batch) || reached !== 'idle';
    if (!mayBeKnown || reached === 'unheld') return;
    const words = `sweeper ${sweeper + 1} asks about batch ${batch + 1}`;
    step(scene, words, (world) => {
      const release = scene.model.steps.resolve(world, batch);
      world.state.sweepers[sweeper] = { batch, release };
    });
  });
}

/** Reading an outbox row, handing it to catalog, deleting it; two relays may have the same row. */
function relayMoves(scene: Scene, relay: number): void {
  const { order, handed } = at(scene.state.relays, relay);
  const name = `relay ${relay + 1}`;
  if (order === nothing) return readMoves(scene, relay);
  const word = nameOf(scene.model.config, order);
  step(scene, `${name} ${handed ? 'deletes the row of' : 'hands over'} ${word}`, (world) => {
    if (handed) at(world.state.orders, order).outbox = false;
    else handOver(scene.model, world, order);
    world.state.relays[relay] = handed ? idleRelay() : { order, handed: true };
  });
  step(scene, `${name} dies`, (world) => {
    world.state.relays[relay] = idleRelay();
  });
}

function readMoves(scene: Scene, relay: number): void {
  scene.state.orders.forEach(({ outbox }, order) => {
    if (!outbox) return;
    const words = `relay ${relay + 1} reads the row of ${nameOf(scene.model.config, order)}`;
    step(scene, words, (world) => {
      world.state.relays[relay] = { order, handed: false };
    });
  });
}

/** An outbox row's kind follows from its order: X and F never change again. */
export function handOver({ steps }: Model, world: World, order: number): void {
  if (at(world.state.orders, order).status === 'F') steps.ship(world, order);
  else steps.release(world, order);
}

function staffMoves(scene: Scene): void {
  const { model, state } = scene;
  if (state.restocksLeft > 0) {
    step(scene, 'a delivery of one unit arrives', (world) => {
      model.steps.restock(world);
      world.state.restocksLeft -= 1;
    });
  }
  state.orders.forEach(({ status }, order) => {
    if (status !== 'C' || state.fulfilsLeft === 0) return;
    step(scene, `${nameOf(model.config, order)} is fulfilled`, (world) => {
      model.steps.fulfil(world, order);
      world.state.fulfilsLeft -= 1;
    });
  });
}

/** Cancel finds nothing unless the row is C; abort works on any key, at any time. */
function clientMoves(scene: Scene): void {
  const { model, state } = scene;
  state.orders.forEach(({ status }, order) => {
    const name = nameOf(model.config, order);
    if (status === 'C' && state.cancelsLeft > 0) {
      step(scene, `${name} is cancelled`, (world) => {
        model.steps.cancel(world, order);
        at(world.state.orders, order).told |= told.cancelled;
        world.state.cancelsLeft -= 1;
      });
    }
    if (state.abortsLeft > 0) {
      step(scene, `the client aborts ${name}`, (world) => {
        const found = model.steps.abort(world, order);
        at(world.state.orders, order).told |= toldBy(found, noBody);
        world.state.abortsLeft -= 1;
      });
    }
  });
}
