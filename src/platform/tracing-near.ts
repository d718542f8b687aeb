import type { Api, Service } from './api.ts';
import { spanned, type Tracer } from './tracing.ts';

const plain = Symbol('plain');

type Operations = Record<string, Parameters<typeof spanned<unknown, unknown>>[1]>;

/** A service in this process, whose calls are spans as if it were in another one. */
export function nearService<A extends Api>(
  tracer: Tracer,
  name: string,
  service: Service<A>,
): Service<A> {
  if (!tracer.isOn) return service;
  const calls = Object.entries(service as Operations).map(
    ([operation, work]) =>
      [operation, spanned({ name: `${name} ${operation}`, kind: 'internal' }, work)] as const,
  );
  return Object.assign(Object.fromEntries(calls) as Service<A>, { [plain]: service });
}

/** The service itself, for a door whose requests are spans already. */
export function plainService<A extends Api>(service: Service<A>): Service<A> {
  return (service as { [plain]?: Service<A> })[plain] ?? service;
}
