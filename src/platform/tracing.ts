import type { Call } from './call.ts';
import { AppError } from './errors.ts';
import {
  traceFrom,
  type Attributes,
  type Span,
  type SpanKind,
  type Trace,
  type Traced,
  randomHex,
} from './trace.ts';

/** Where traces come into a process. */
export type Tracer = {
  isOn: boolean;
  /** Goes on with the caller's trace or begins one; decides, once for all, whether it is recorded. */
  enter: (header: string | undefined) => Trace;
  /** The span of somebody else that a traceparent names, if it is recorded. */
  resume: (header: string | null | undefined) => Traced | undefined;
};

/** Records nothing. Trace ids still travel and are logged. */
export const untraced: Tracer = { isOn: false, enter: traceFrom, resume: () => undefined };

export type SpanStart = {
  name: string;
  kind: SpanKind;
  attributes?: Attributes;
  links?: readonly Trace[];
};

/** What OpenTelemetry keeps by default. A batch has more members only when all are recorded. */
const linksMax = 128;

export function newSpan(record: Span['record']): Span {
  return {
    name: '',
    kind: 'internal',
    parentId: undefined,
    isParentRemote: false,
    attributes: {},
    links: [],
    linksLeftOut: 0,
    problem: undefined,
    startedAtMs: performance.now(),
    isOver: false,
    isRemote: false,
    record,
  };
}

/** Begins a span below one that is recorded. */
export function beginSpan(parent: Traced, { name, kind, attributes, links }: SpanStart): Traced {
  const span = newSpan(parent.span.record);
  span.name = name;
  span.kind = kind;
  span.parentId = parent.spanId;
  span.isParentRemote = parent.span.isRemote;
  if (attributes) span.attributes = { ...attributes };
  links?.forEach((other) => link(span, other));
  return { traceId: parent.traceId, spanId: randomHex(8), flags: '01', span };
}

/** Hands over what was recorded; what is over stays as it is. */
export function endSpan(trace: Trace): void {
  if (!isTraced(trace) || trace.span.isOver) return;
  trace.span.isOver = true;
  trace.span.record(trace, performance.now());
}

/** Marks a span as failed, if that was a fault of ours: a refusal is an answer like others. */
export function failSpan({ span }: Trace, error: unknown): void {
  if (!span) return;
  const code = error instanceof AppError ? error.code : 'internal';
  if (!(error instanceof AppError) || error.status >= 500) span.problem = code;
}

/** Does some work as a span of its own. */
export async function inSpan<T>(
  parent: Traced,
  start: SpanStart,
  work: (trace: Traced) => Promise<T>,
): Promise<T> {
  const trace = beginSpan(parent, start);
  try {
    return await work(trace);
  } catch (error) {
    failSpan(trace, error);
    throw error;
  } finally {
    endSpan(trace);
  }
}

/** Whoever asks this first makes nothing where nothing is recorded. */
export function isTraced(trace: Trace | undefined): trace is Traced {
  return trace?.span !== undefined;
}

type Member = { trace?: Trace | undefined };

const isTracedMember = ({ trace }: Member): boolean => isTraced(trace);

/**
 * Does some work for many at once, as one span below the first of them that is recorded. It links to
 * all that are recorded, and they to it, so that from either one the other is found.
 */
export async function inSpanOfMany<T>(
  members: readonly Member[],
  start: SpanStart,
  work: (trace: Traced | undefined) => Promise<T>,
): Promise<T> {
  const first = members.find(isTracedMember)?.trace;
  if (!isTraced(first)) return work(undefined);
  const links = members.map(({ trace }) => trace).filter(isTraced);
  return inSpan(first, { ...start, links }, (own) => {
    for (const { span } of links) if (!span.isRemote && !span.isOver) link(span, own);
    return work(own);
  });
}

function link(span: Span, { traceId, spanId, flags }: Trace): void {
  if (span.links.length < linksMax) span.links.push({ traceId, spanId, flags });
  else span.linksLeftOut += 1;
}

type Operation<Input, Result> = (input: Input, call: Call) => Promise<Result>;

/** The same operation as a span of its own, for callers who are recorded. */
export function spanned<Input, Result>(
  start: SpanStart,
  work: Operation<Input, Result>,
): Operation<Input, Result> {
  return (input, call) =>
    isTraced(call.trace)
      ? inSpan(call.trace, start, (trace) => work(input, { ...call, trace }))
      : work(input, call);
}
