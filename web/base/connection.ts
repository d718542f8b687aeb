import { createEventReader, type ServerEvent } from './event-reader.ts';

type Connection = {
  /** Asks for what comes after this event, or for all of now. */
  open: (lastEventId: string | undefined, signal: AbortSignal) => Promise<Response>;
  heard: (event: ServerEvent) => void;
  /** Whether it is connected right now. */
  connected: (isConnected: boolean) => void;
  /** Waits before it is tried again, after so many failures in a row. */
  rest: (failures: number, retryAfterSeconds: number) => Promise<void>;
};

/** Bazar says something at least every 15 s. */
const silenceMsMax = 40_000;

/** Listens until it is over, however often the connection breaks, and goes on where it was. */
export async function stayConnected(connection: Connection, over: AbortSignal): Promise<void> {
  const { open, heard, connected, rest } = connection;
  let lastEventId: string | undefined;
  let failures = 0;
  let retryAfterSeconds = 0;

  async function connect(): Promise<void> {
    const silence = new AbortController();
    const giveUp = () => silence.abort();
    let timer = setTimeout(giveUp, silenceMsMax);
    try {
      const response = await open(lastEventId, AbortSignal.any([over, silence.signal]));
      retryAfterSeconds = Number(response.headers.get('retry-after') ?? 0) || 0;
      if (!response.ok || !response.body) return;
      connected(true);
      const read = createEventReader((event) => {
        lastEventId = event.id ?? lastEventId;
        if (event.type !== undefined) heard(event);
      });
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        failures = 0;
        clearTimeout(timer);
        timer = setTimeout(giveUp, silenceMsMax);
        read(text);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  while (!over.aborted) {
    // oxlint-disable-next-line no-await-in-loop -- one connection after the other
    await connect().catch(() => undefined);
    if (over.aborted) return;
    connected(false);
    failures += 1;
    // oxlint-disable-next-line no-await-in-loop -- the same
    await rest(failures, retryAfterSeconds);
  }
}
