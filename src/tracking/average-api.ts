import { Type } from 'typebox';
import { defineApi, idempotencyKey, strict } from '../platform/api.ts';
import { AskedTime, AverageSpeed, Task, VehicleId, windowSeconds } from './shapes.ts';

const ofVehicle = strict({ id: VehicleId });
const ofTask = strict({
  id: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
});
const ownOnly = ['unauthorized', 'forbidden', 'notFound'] as const;

/** How fast a vehicle goes on average, at once or later. */
export const averageApi = defineApi({
  getAverageSpeed: {
    method: 'GET',
    path: '/v1/vehicles/:id/average-speed',
    summary: 'The average speed of a vehicle over the last seconds',
    description:
      'Weighted by time: each fix holds until the next one, the last until the end of the window. ' +
      'Fixes without a speed are left out.',
    params: ofVehicle,
    query: strict({ windowSeconds, until: Type.Optional(AskedTime) }),
    reply: AverageSpeed,
    refuses: [...ownOnly, 'noFixes'],
  },
  createAverageSpeedTask: {
    method: 'POST',
    path: '/v1/vehicles/:id/average-speed-tasks',
    summary: 'Have an average speed worked out, of the seconds to come or those that were',
    description:
      'Answers at once; `Location` says where the result will be. Kept for a day after it was made.',
    params: ofVehicle,
    query: strict({
      windowSeconds,
      look: Type.Optional(
        Type.Enum(['forward', 'back'], {
          type: 'string',
          description:
            '`forward`, the default: observe from now on. `back`: until now, or `until`.',
        }),
      ),
      until: Type.Optional(AskedTime),
    }),
    headers: strict({ idempotencyKey: Type.Optional(idempotencyKey) }),
    reply: Task,
    status: 202,
    location: '/v1/tasks/:id',
    refuses: [...ownOnly, 'keyReused', 'rateLimited'],
  },
  getTask: {
    method: 'GET',
    path: '/v1/tasks/:id',
    summary: 'How far a task is, or what came out',
    params: ofTask,
    reply: Task,
    refuses: ownOnly,
  },
  cancelTask: {
    method: 'DELETE',
    path: '/v1/tasks/:id',
    summary: 'Cancel a task; one that is over stays as it is',
    params: ofTask,
    reply: Task,
    refuses: ownOnly,
  },
});
