import { useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { requestOf } from './client.ts';
import { stayConnected } from './connection.ts';
import type { ServerEvent } from './event-reader.ts';
import { pause, waitMsAfter } from './retry.ts';
import { anotherToken, currentToken } from './session.ts';

type Topic = 'orders' | 'stock' | 'fixes';

type Listening = {
  topics: readonly Topic[];
  heard: (event: ServerEvent) => void;
  connected: (isConnected: boolean) => void;
};

/** Hears what happens until the answer is called, whatever happens to the connection. */
function listen({ topics, heard, connected }: Listening): () => void {
  const over = new AbortController();

  async function open(lastEventId: string | undefined, signal: AbortSignal): Promise<Response> {
    const input = { topics: topics.join(','), lastEventId };
    const { url, headers } = requestOf('stream', input);
    const ask = (token: string) =>
      fetch(url, { headers: { ...headers, authorization: `Bearer ${token}` }, signal });
    const token = await currentToken();
    if (token === undefined) throw new Error('Nobody is signed in');
    const response = await ask(token);
    if (response.status !== 401) return response;
    const next = await anotherToken(token);
    return next === undefined ? response : ask(next);
  }

  void stayConnected(
    {
      open,
      heard,
      connected,
      rest: (failures, retryAfterSeconds) =>
        pause(Math.max(waitMsAfter(failures), retryAfterSeconds * 1_000), over.signal),
    },
    over.signal,
  );
  return () => over.abort();
}

type Heard = {
  topics: readonly Topic[];
  heard: (event: ServerEvent) => void;
  /** After a break: more may have been missed than the newest that a snapshot names. */
  again?: () => void;
};

/** Hears as long as a part of the page is there; the answer is whether it is connected right now. */
export function useStream({ topics, heard, again }: Heard): ReadonlySignal<boolean> {
  const isLive = useSignal(false);
  useEffect(() => {
    let isBegun = false;
    return listen({
      topics,
      connected: (isConnected) => {
        isLive.value = isConnected;
      },
      heard(event) {
        heard(event);
        if (event.type !== 'snapshot') return;
        if (isBegun) again?.();
        isBegun = true;
      },
    });
  }, []);
  return isLive;
}
