import { Pool, type Dispatcher } from 'undici';
import { errorOf, type AppError } from '../platform/errors.ts';
import { fill } from '../platform/names.ts';
import { trackingApi } from '../tracking/api.ts';
import type { FixesReport } from '../tracking/shapes.ts';

export type Batch = { vehicle: string; key: string; fixes: readonly object[] };

export type Outcome =
  | { kind: 'done'; report: FixesReport }
  /** Not one of the fixes is possible. */
  | { kind: 'refused'; why: string }
  /** The same request may do better later. */
  | { kind: 'retry'; why: string; afterMs?: number }
  /** It never will. */
  | { kind: 'hopeless'; why: string };

export type Poster = {
  /** Never throws. */
  post: (batch: Batch, signal?: AbortSignal) => Promise<Outcome>;
  close: () => Promise<void>;
};

type Limits = { connectionsMax?: number; deadlineMs?: number };
type Answer = { status: number; text: string; retryAfter: number };

const answerBytesMax = 4 * 1024 * 1024;
const retryAfterMsMax = 300_000;
const later = new Set([408, 425, 429]);

/** Reports fixes to a Bazar by HTTP. */
export function createPoster(url: URL, limits: Limits = {}): Poster {
  const { connectionsMax = 8, deadlineMs = 10_000 } = limits;
  const pool = new Pool(url.origin, {
    connections: connectionsMax,
    connect: { timeout: 2_000 },
    maxResponseSize: answerBytesMax,
    // Shorter than the server's, so that we never send into a socket that it is about to close.
    keepAliveTimeout: 30_000,
  });
  const { method, path } = trackingApi.addFixes;
  const prefix = url.pathname.replace(/\/$/, '');

  async function send({ vehicle, key, fixes }: Batch, signal?: AbortSignal): Promise<Answer> {
    const deadline = AbortSignal.timeout(deadlineMs);
    const response = await pool.request({
      method,
      path: prefix + fill(path, { id: vehicle }),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ fixes }),
      signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
    });
    return read(response);
  }

  return {
    post: async (batch, signal) => {
      try {
        return outcomeOf(await send(batch, signal));
      } catch (error) {
        return { kind: 'retry', why: `${url.origin} does not answer (${reasonOf(error)})` };
      }
    },
    close: () => pool.destroy(),
  };
}

async function read({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Answer> {
  return {
    status: statusCode,
    text: await body.text(),
    retryAfter: Number(headers['retry-after'] ?? Number.NaN),
  };
}

function outcomeOf(answer: Answer): Outcome {
  const reply = parse(answer.text);
  if (answer.status !== 200) return refusalOf(answer, errorOf(reply));
  const report = reportOf(reply);
  return report ? { kind: 'done', report } : { kind: 'hopeless', why: 'this is no Bazar' };
}

function refusalOf({ status, retryAfter }: Answer, refusal: AppError | undefined): Outcome {
  const why = refusal ? `${refusal.message} (${status} ${refusal.code})` : `it answers ${status}`;
  if (status >= 500 || later.has(status)) {
    const afterMs = Math.min(retryAfterMsMax, retryAfter * 1_000);
    return { kind: 'retry', why, ...(afterMs >= 0 && { afterMs }) };
  }
  const isAboutFixes = refusal?.code === 'invalid' && refusal.errors?.[0]?.in === 'body';
  return { kind: isAboutFixes ? 'refused' : 'hopeless', why };
}

function reportOf(reply: unknown): FixesReport | undefined {
  const report = reply as Partial<FixesReport> | null | undefined;
  const counts = [report?.stored, report?.known, report?.refused];
  const isReport = counts.every(Number.isInteger) && Array.isArray(report?.results);
  return isReport ? (report as FixesReport) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return String(code === undefined || typeof code === 'number' ? name : code);
}
