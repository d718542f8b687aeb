import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';

type Value = { stringValue?: string; intValue?: number; doubleValue?: number; boolValue?: boolean };
type KeyValues = { key: string; value: Value }[];

/** A span as OTLP spells it in JSON. */
type Sent = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: KeyValues;
  links: { traceId: string; spanId: string }[];
  droppedLinksCount: number;
  status: { code: number; message?: string };
};

type Request = {
  resourceSpans: { resource: { attributes: KeyValues }; scopeSpans: { spans: Sent[] }[] }[];
};

export type SunkSpan = Omit<Sent, 'attributes'> & {
  service: unknown;
  resource: Record<string, unknown>;
  attributes: Record<string, unknown>;
};

/** A collector as small as can be, which keeps what it is sent. */
export async function startSink() {
  const spans: SunkSpan[] = [];
  const heads: IncomingMessage['headers'][] = [];
  const paths: string[] = [];
  /** What it does with a request instead of taking it. */
  let refuse: ((response: ServerResponse) => void) | undefined;

  const server = createServer((request, response) => {
    heads.push(request.headers);
    paths.push(request.url ?? '');
    if (refuse) return refuse(response);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      spans.push(...spansIn(JSON.parse(Buffer.concat(chunks).toString()) as Request));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    heads,
    paths,
    refuseBy: (act: typeof refuse) => {
      refuse = act;
    },
  };
}

function spansIn({ resourceSpans }: Request): SunkSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const about = recordOf(resource.attributes);
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .map((span) => ({
        ...span,
        service: about['service.name'],
        resource: about,
        attributes: recordOf(span.attributes),
      }));
  });
}

function recordOf(pairs: KeyValues): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** All spans that hang together with this one, by parents and links, in whichever direction. */
export function connectedTo(start: SunkSpan, spans: readonly SunkSpan[]): Set<SunkSpan> {
  const nearOf = new Map<string, string[]>();
  const join = (a: string, b: string): void => {
    nearOf.set(a, [...(nearOf.get(a) ?? []), b]);
    nearOf.set(b, [...(nearOf.get(b) ?? []), a]);
  };
  for (const { spanId, parentSpanId, links } of spans) {
    if (parentSpanId) join(spanId, parentSpanId);
    links.forEach((link) => join(spanId, link.spanId));
  }
  const reached = new Set([start.spanId]);
  // A set that grows while it is walked is walked to its end.
  for (const id of reached) nearOf.get(id)?.forEach((near) => reached.add(near));
  return new Set(spans.filter(({ spanId }) => reached.has(spanId)));
}
