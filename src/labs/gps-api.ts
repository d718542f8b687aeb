import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { idempotencyKey, strict } from '../platform/api.ts';
import { AppError, type ErrorCode } from '../platform/errors.ts';
import { checks } from '../platform/validate.ts';
import { openApiOf, serveGpsDocs } from './gps-docs.ts';
import type { History } from './gps-history.ts';
import { gpsObject } from './gps-object.ts';
import { detailOf, numberIn, uuidIn, type Query } from './gps-query.ts';
import { refuseAs } from './doors.ts';
import type { LabParts } from './lab.ts';

type Task = Awaited<ReturnType<LabParts['services']['tracking']['getTask']>>;
type Parts = Pick<LabParts, 'services' | 'asStaff' | 'log'> & { vehicle: string; history: History };

const windowSecondsMin = 0.1;
const windowSecondsMax = 86_400;
/** A request is kept waiting so long, and no more than so many of them. */
const blockingSecondsMax = 60;
const blockingMax = 100;
/** At one sample a second nothing is observed before. */
const observedAfterMs = 1_000;
const noSpeed = 'No speed is known of these seconds';
const noFixesYet = 'Nothing has been replayed yet; try again in a few seconds';

const of = (operation: string) => ({ config: { operation } });

/** The newest sample. */
export function openState(app: FastifyInstance, parts: Parts): void {
  const { services, asStaff, log, vehicle: id } = parts;
  refuseAs(app, detailOf, log);
  app.get('/gps_state', of('gps_state'), async (_request, reply) => {
    const state = await services.tracking
      .getVehicleState({ id }, await asStaff())
      .catch(unless('noFixes'));
    if (!state) throw new AppError('unavailable', noFixesYet);
    reply.header('age', String(Math.floor(state.ageSeconds)));
    if (state.stale) reply.header('warning', '110 - "Response is Stale"');
    return gpsObject(state);
  });
}

/** All that the original answers on its port. */
export function openApi(app: FastifyInstance, parts: Parts): void {
  openState(app, parts);
  openSpeed(app, parts);
  openTasks(app, parts);
  serveGpsDocs(app, openApiOf(blockingSecondsMax, windowSecondsMax));
  app.get('/', of('docs'), (_request, reply) => reply.redirect('/docs'));
  refuseOther(app, 'GET', ['/gps_state', '/compute_avg_speed', '/get_avg_speed_task_status']);
  refuseOther(app, 'POST', ['/request_to_compute_avg_speed']);
}

function openTasks(app: FastifyInstance, parts: Parts): void {
  const { asStaff, vehicle } = parts;
  const { tracking } = parts.services;
  const expectHeaders = checks()('headers', strict({ idempotencyKey }));

  app.post('/request_to_compute_avg_speed', of('request_avg_speed'), async (request, reply) => {
    const windowSeconds = windowIn(request, windowSecondsMax);
    const { 'idempotency-key': key } = request.headers;
    const keyed = typeof key === 'string' ? { idempotencyKey: key } : undefined;
    if (keyed) expectHeaders(keyed);
    const asked = { id: vehicle, windowSeconds, ...keyed };
    const { id } = await tracking.createAverageSpeedTask(asked, await asStaff());
    return sendJson(reply, id);
  });

  app.get('/get_avg_speed_task_status', of('avg_speed_status'), async ({ query }, reply) => {
    const id = uuidIn(query as Query, 'task_id');
    const task = await tracking.getTask({ id }, await asStaff()).catch(unless('notFound'));
    return sendJson(reply, task ? JSON.stringify(await statusOf(task, parts)) : null);
  });
}

/** How far a task is, in the words of the original and two that it lacked. */
async function statusOf(task: Task, { history }: Parts): Promise<object> {
  const { state, result, problem, from, until } = task;
  if (result) return { status: 'DONE', result: result.averageSpeedMetersPerSecond };
  if (state === 'requested' || state === 'running') {
    const isObserved = Date.now() >= Date.parse(from) + observedAfterMs;
    return { status: isObserved ? 'RUNNING' : 'REQUESTED' };
  }
  const held =
    problem?.code === 'noFixes' ? await history.speedHeldAt(Date.parse(until)) : undefined;
  if (held !== undefined) return { status: 'DONE', result: held };
  return { status: 'FAILED', detail: problem?.detail ?? `It was ${state}` };
}

function openSpeed(app: FastifyInstance, parts: Parts): void {
  const { services, asStaff, history, vehicle: id } = parts;
  const pause = createPause(app);
  const config = { operation: 'compute_avg_speed', kind: { importance: 'low', slow: true } };

  app.get('/compute_avg_speed', { config }, async (request, reply) => {
    const more = '; for a longer one POST /request_to_compute_avg_speed';
    const windowSeconds = windowIn(request, blockingSecondsMax, more);
    await pause(windowSeconds * 1_000, reply);
    const untilMs = Date.now();
    const asked = { id, windowSeconds, until: new Date(untilMs).toISOString() };
    const average = await services.tracking
      .getAverageSpeed(asked, await asStaff())
      .catch(unless('noFixes'));
    const speed = average?.averageSpeedMetersPerSecond ?? (await history.speedHeldAt(untilMs));
    if (speed === undefined) throw new AppError('unavailable', noSpeed);
    return sendJson(reply, speed);
  });
}

/** Lets time pass for a request, as long as there is somebody who waits for it. */
function createPause(app: FastifyInstance) {
  const closing = new AbortController();
  let waiting = 0;
  app.addHook('preClose', async () => closing.abort());

  return async (ms: number, reply: FastifyReply): Promise<void> => {
    if (waiting >= blockingMax) throw new AppError('overloaded', 'Too many wait already');
    const left = new AbortController();
    reply.raw.once('close', () => left.abort());
    waiting += 1;
    try {
      await sleep(ms, undefined, { signal: AbortSignal.any([closing.signal, left.signal]) });
    } catch {
      throw new AppError('unavailable', 'The lab is closing; ask again');
    } finally {
      waiting -= 1;
    }
  };
}

function windowIn({ query }: FastifyRequest, max: number, more?: string): number {
  const range = { min: windowSecondsMin, max, ...(more !== undefined && { more }) };
  return numberIn(query as Query, 'time_window_seconds', range);
}

function unless(code: ErrorCode) {
  return (error: unknown): undefined => {
    if (!(error instanceof AppError) || error.code !== code) throw error;
  };
}

/** A number or a text alone is JSON too. */
function sendJson(reply: FastifyReply, value: number | string | null): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(value));
}

function refuseOther(app: FastifyInstance, allowed: 'GET' | 'POST', urls: readonly string[]): void {
  const allow = allowed === 'GET' ? ['GET', 'HEAD'] : [allowed];
  const method = app.supportedMethods.filter((other) => !allow.includes(other));
  for (const url of urls) {
    app.route({
      method,
      url,
      handler(_request, reply) {
        reply.header('allow', allow.join(', '));
        throw new AppError('methodNotAllowed', `Use ${allow.join(' or ')} here`);
      },
    });
  }
}
