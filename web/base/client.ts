import type { gatewayApi } from '../../src/gateway/api.ts';
import type { Service } from '../../src/platform/api.ts';
import { AppError, errorOf } from '../../src/platform/errors.ts';
import { routes } from 'virtual:routes';
import { formRequest } from './request.ts';

/** What goes with a question besides its input. */
export type Asking = { signal?: AbortSignal } | void;

export type Client = Service<typeof gatewayApi, Asking>;

type Tokens = {
  /** The access token of whoever is signed in, good for some more seconds. */
  token: () => Promise<string | undefined>;
  /** It was refused although it looked good: another one, if there is one. */
  another: (refused: string) => Promise<string | undefined>;
};

type Fields = Record<string, unknown>;
type Sending = { input: Fields; token: string | undefined; signal: AbortSignal };

const answerMsMax = 15_000;
/**
 * A cookie that was traded may be traded again for 10 s: when the answer does not arrive, there must
 * be time left for that.
 */
const resumeMsMax = 7_000;
const cannotReach = 'Bazar did not answer. Check the connection and try again.';

/** Every public operation as a function: the same contract that the server serves. */
export function createClient({ token, another }: Tokens): Client {
  async function ask(name: string, input: Fields, asking: Asking): Promise<unknown> {
    const late = AbortSignal.timeout(name === 'resumeBrowserSession' ? resumeMsMax : answerMsMax);
    const signal = asking?.signal ? AbortSignal.any([asking.signal, late]) : late;
    // A question about the session itself goes without one.
    const given = name.endsWith('BrowserSession') ? undefined : await token();
    try {
      return await send(name, { input, token: given, signal });
    } catch (error) {
      const isRefused = error instanceof AppError && error.code === 'unauthorized';
      const next = isRefused && given !== undefined ? await another(given) : undefined;
      if (next === undefined) throw error;
      return send(name, { input, token: next, signal });
    }
  }

  const functions = Object.keys(routes).map((name) => [
    name,
    (input: Fields, asking: Asking) => ask(name, input, asking),
  ]);
  return Object.fromEntries(functions) as Client;
}

async function send(name: string, { input, token, signal }: Sending): Promise<unknown> {
  const { method, url, headers, body } = requestOf(name, input);
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  const init = { method, headers, signal, ...(body !== undefined && { body }) };
  const response = await fetch(url, init).catch((error: unknown) => {
    throw refusalOf(error);
  });
  const text = await response.text().catch((error: unknown) => {
    throw refusalOf(error);
  });
  if (!response.ok) throw problemIn(text, response);
  if (text === '') return null;
  if (!response.headers.get('content-type')?.includes('json')) return text;
  const reply = parsed(text);
  if (reply === undefined) throw problemIn(text, response);
  return reply;
}

/** The parts of a request, for what is not asked through the client. */
export function requestOf(name: string, input: Fields) {
  const route = routes[name];
  if (!route) throw new Error(`There is no public operation ${name}`);
  return formRequest(route, input);
}

function problemIn(text: string, response: Response): AppError {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  return (
    errorOf(parsed(text), retryAfter) ??
    new AppError('unavailable', `Bazar answered ${response.status} and nothing we understand.`)
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whoever gave up knows why; everything else means that there was no answer. */
function refusalOf(error: unknown): unknown {
  const name = error instanceof Error ? error.name : '';
  if (name === 'AbortError') return error;
  if (name === 'TimeoutError') return new AppError('deadlineExceeded', cannotReach);
  return new AppError('unavailable', cannotReach, { cause: error });
}
