import { useEffect } from 'preact/hooks';
import { requestOf } from './client.ts';
import { stayConnected } from './connection.ts';
import type { ServerEvent } from './event-reader.ts';
import { pause, waitMsAfter } from './retry.ts';
import { anotherToken, currentToken } from './session.ts';

type Topic = 'orders' | 'stock' | 'fixes';

type Listening = {
  topics: readonly Topic[];
  vehicle?: string;
  heard: (event: ServerEvent) => void;
  /** Whether it is connected right now. */
  connected?: (isConnected: boolean) => void;
};

/** Hears what happens until the answer is called, whatever happens to the connection. */
export function listen({ topics, vehicle, heard, connected }: Listening): () => void {
  const over = new AbortController();

  async function open(lastEventId: string | undefined, signal: AbortSignal): Promise<Response> {
    const input = { topics: topics.join(','), vehicle, lastEventId };
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
      connected: (isConnected) => connected?.(isConnected),
      rest: (failures, retryAfterSeconds) =>
        pause(Math.max(waitMsAfter(failures), retryAfterSeconds * 1_000), over.signal),
    },
    over.signal,
  );
  return () => over.abort();
}

/** Hears as long as a part of the page is there. */
export function useStream(listening: Listening, about: readonly unknown[]): void {
  useEffect(() => listen(listening), about);
}
