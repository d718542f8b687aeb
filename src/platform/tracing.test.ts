import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { callBy } from '../testing/call.ts';
import { batcher } from './batcher.ts';
import type { CloudEvent } from './bus.ts';
import { AppError } from './errors.ts';
import { createMetrics } from './metrics.ts';
import { traceparent, type Traced } from './trace.ts';
import { endSpan, inSpan, inSpanOfMany, isTraced, spanned, untraced } from './tracing.ts';
import { publishTraced } from './tracing-news.ts';
import { createTracer, parentBased } from './tracing-on.ts';

const given = { trace: 'a1b2c3d4e5f60718293a4b5c6d7e8f90', span: '00f067aa0ba902b7' };
const header = (flags: string): string => `00-${given.trace}-${given.span}-${flags}`;

/** A tracer, and what it has recorded. */
function startTracer(isRootSampled = true) {
  const done: Traced[] = [];
  const isSampled = parentBased(true, () => isRootSampled);
  return { done, ...createTracer({ isSampled, record: (trace) => done.push(trace) }) };
}

function begin(tracer: ReturnType<typeof startTracer>): Traced {
  const trace = tracer.enter(undefined);
  assert.ok(isTraced(trace));
  return trace;
}

describe('where nothing is recorded', () => {
  test('ids go on as they came, and nothing else is made', async () => {
    const trace = untraced.enter(header('01'));
    assert.deepEqual({ ...trace, spanId: '' }, { traceId: given.trace, spanId: '', flags: '01' });
    assert.equal(untraced.resume(header('01')), undefined);

    const call = callBy();
    const work = spanned({ name: 'work', kind: 'internal' }, async (_input, its) => its);
    assert.equal(await work({}, call), call);
  });
});

describe('whether a trace is recorded', () => {
  test('is for the caller to say', () => {
    const [no, yes] = [startTracer(false), startTracer(true)];
    const [wanted, unwanted] = [no.enter(header('01')), yes.enter(header('00'))];
    assert.ok(isTraced(wanted));
    assert.equal(wanted.span.parentId, given.span);
    assert.equal(wanted.traceId, given.trace);
    assert.ok(!('span' in unwanted), 'a span that nobody wants');
    assert.equal(unwanted.flags, '00');
  });

  test('is for the sampler to say where a trace begins, or its header cannot be read', () => {
    for (const none of [undefined, 'nonsense', header('01').replace(given.trace, '0'.repeat(32))]) {
      assert.equal(startTracer(false).enter(none).flags, '00');
      const trace = startTracer(true).enter(none);
      assert.equal(trace.span?.parentId, undefined);
      assert.equal(trace.flags, '01');
    }
  });

  test('is not for a caller to say whose word does not count', () => {
    const isSampled = parentBased(false, () => false);
    const { enter } = createTracer({ isSampled, record: () => undefined });
    assert.equal(enter(header('01')).flags, '00');
  });

  test('what others have recorded goes on, and what they have not does not', () => {
    const { resume } = startTracer();
    assert.equal(resume(header('01'))?.spanId, given.span);
    for (const none of [header('00'), null, undefined, 'nonsense']) assert.ok(!resume(none));
  });
});

describe('a span', () => {
  test('is recorded under the ids that travel, below the one that began it', async () => {
    const tracer = startTracer();
    const door = begin(tracer);
    const sent = await inSpan(door, { name: 'far', kind: 'client' }, async (trace) =>
      traceparent(trace),
    );
    endSpan(door);
    endSpan(door);

    const [far, end] = tracer.done;
    assert.equal(sent, `00-${door.traceId}-${far?.spanId}-01`);
    assert.equal(far?.span.parentId, door.spanId);
    assert.deepEqual([end?.spanId, tracer.done.length], [door.spanId, 2]);
  });

  test('has failed by our faults only', async () => {
    const tracer = startTracer();
    const door = begin(tracer);
    const errors = [
      new AppError('notFound', 'no'),
      new AppError('unavailable', 'away'),
      new TypeError('a bug'),
    ];
    const start = { name: 'work', kind: 'internal' } as const;
    for (const error of errors) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as they are compared
      await assert.rejects(
        inSpan(door, start, () => Promise.reject(error)),
        error,
      );
    }
    assert.deepEqual(
      tracer.done.map(({ span }) => span.problem),
      [undefined, 'unavailable', 'internal'],
    );
  });
});

describe('the span of a batch', () => {
  const patience = { deadlineAtMs: Infinity };

  test('is below the first who is recorded, and links to all who are, as they to it', async () => {
    const tracer = startTracer();
    const [first, second] = [begin(tracer), begin(tracer)];
    const unseen = startTracer(false).enter(undefined);
    const traces: (string | undefined)[] = [];
    const { add } = batcher<number, number>({
      ...{ name: 'sums', sizeMax: 10, inFlightMax: 1, queueMax: 10, metrics: createMetrics() },
      async flush(items, { trace }) {
        traces.push(trace?.spanId);
        return items;
      },
    });

    await Promise.all([unseen, first, second].map((trace, i) => add(i, { ...patience, trace })));
    await add(3, { ...patience, trace: unseen });

    const [batch] = tracer.done;
    assert.deepEqual(traces, [batch?.spanId, undefined]);
    assert.deepEqual(
      [batch?.span.name, batch?.span.attributes],
      ['batch sums', { 'bazar.batch.size': 3 }],
    );
    assert.equal(batch?.span.parentId, first.spanId);
    const idsOf = (trace: Traced | undefined) => trace?.span.links.map(({ spanId }) => spanId);
    assert.deepEqual(idsOf(batch), [first.spanId, second.spanId]);
    assert.deepEqual([idsOf(first), idsOf(second)], [[batch?.spanId], [batch?.spanId]]);
  });

  test('has so many links and no more, and knows how many it has not', async () => {
    const tracer = startTracer();
    const members = Array.from({ length: 130 }, () => ({ trace: begin(tracer) }));
    await inSpanOfMany(members, { name: 'many', kind: 'internal' }, async () => undefined);
    const { links, linksLeftOut } = tracer.done[0]?.span ?? {};
    assert.deepEqual([links?.length, linksLeftOut], [128, 2]);
  });

  test('that goes on for others leaves no mark on theirs', async () => {
    const tracer = startTracer();
    const member = { trace: tracer.resume(header('01')) };
    await inSpanOfMany([member], { name: 'relay', kind: 'internal' }, async () => undefined);
    assert.equal(tracer.done[0]?.span.links[0]?.spanId, given.span);
    assert.equal(tracer.done[0]?.span.isParentRemote, true);
    assert.equal(member.trace?.span.links.length, 0);
  });
});

describe('what is published', () => {
  const eventOf = (id: string): CloudEvent => ({
    ...{ specversion: '1.0', id, source: '/tests', type: 'thing.v1', subject: id, sequence: '1' },
    ...{ time: '2026-11-20T12:00:00Z', datacontenttype: 'application/json', data: {} },
  });
  const events = ['same', 'other', 'none'].map(eventOf);

  async function publish(trace: Traced | undefined, origins: (string | null)[]) {
    const published: CloudEvent[] = [];
    const bus = {
      publish: async (_topic: string, all: readonly CloudEvent[]) => void published.push(...all),
    };
    await publishTraced(bus, { topic: 'things', events, originsOf: () => origins, trace });
    return published;
  }

  test('carries the trace of its own origin, if that is recorded', async () => {
    const tracer = startTracer();
    const [trace, other] = [begin(tracer), traceparent(begin(tracer))];

    const [inSame, inOther, inNone] = await publish(trace, [traceparent(trace), other, null]);

    const sender = tracer.done.find(({ span }) => span.kind === 'producer');
    assert.equal(inSame?.traceparent, `00-${trace.traceId}-${sender?.spanId}-01`);
    assert.equal(inOther?.traceparent, other);
    assert.deepEqual(inNone, events[2]);
  });

  test('is as it was where nothing is recorded', async () => {
    assert.deepEqual(await publish(undefined, [header('01'), null, null]), events);
  });
});
