export type Listening = {
  /** Listens at least until the answer is called. */
  join(): () => void;
  isOn(): boolean;
  close(): void;
};

type Parts = {
  start: () => () => void;
  /** How long to go on when the last one has left, so that who comes back has missed nothing. */
  lingerMs: number;
};

/** Listens while somebody is there, and for a while longer. */
export function createListening({ start, lingerMs }: Parts): Listening {
  let count = 0;
  let stop: (() => void) | undefined;
  let lingering: NodeJS.Timeout | undefined;

  function close(): void {
    clearTimeout(lingering);
    stop?.();
    stop = undefined;
  }

  return {
    join() {
      clearTimeout(lingering);
      count += 1;
      stop ??= start();
      let isThere = true;
      return () => {
        if (!isThere) return;
        isThere = false;
        count -= 1;
        if (count === 0 && stop) lingering = setTimeout(close, lingerMs).unref();
      };
    },
    isOn: () => stop !== undefined,
    close,
  };
}
