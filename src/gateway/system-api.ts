import { Type, type Static } from 'typebox';
import { defineApi, strict } from '../platform/api.ts';
import { history, points, reportFields } from '../platform/report-shapes.ts';

/** No Bazar has more; whoever comes when it is full is not shown. */
export const processesMax = 200;

/** One process, as it tells of itself every few seconds. */
export const ProcessReport = strict({
  ...reportFields,
  history: history({
    ordersPerSecond: points('Orders placed at a public door; null where there is no such door.'),
  }),
});
export type ProcessReport = Static<typeof ProcessReport>;

/** What runs where, and how it is. */
export const systemApi = defineApi({
  getSystem: {
    method: 'GET',
    path: '/v1/system',
    summary: 'See every process, and how it is',
    description:
      'Each process tells of itself every 5 seconds, through Redis where there are several; one that ' +
      'has said nothing for 15 seconds is gone. The one that answers is always there, as it is now. ' +
      'All numbers are those of its `/metrics`.',
    reply: strict({
      at: Type.String({ description: 'RFC 3339, in UTC.' }),
      isWhole: Type.Boolean({
        description: 'False where there are other processes that cannot be heard now.',
      }),
      processes: Type.Array(ProcessReport, { maxItems: processesMax }),
    }),
    // It looks whether all that is needed answers, and waits a second for what does not.
    slow: true,
    refuses: ['unauthorized', 'forbidden'],
  },
});
