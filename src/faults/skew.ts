// Loaded before all other modules of a process (`--import …/skew.ts?ms=60000`), it puts the clock of
// that process ahead or back. The monotonic clock goes on as it does: a wrong clock still ticks.
const skewMs = Number(new URL(import.meta.url).searchParams.get('ms'));
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[]) =>
    args.length === 0
      ? new target(RealDate.now() + skewMs)
      : (Reflect.construct(target, args) as Date),
  get: (target, name) =>
    name === 'now' ? () => RealDate.now() + skewMs : (Reflect.get(target, name) as unknown),
});
