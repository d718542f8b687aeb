import { Type, type Static } from 'typebox';
import { defineApi, strict } from '../platform/api.ts';

const About = strict({
  name: Type.Literal('Bazar'),
  version: Type.String(),
  currency: Type.String({ description: 'ISO 4217; prices are in its cents.' }),
  staleSeconds: Type.Integer({ description: 'From this age on a fix is called stale.' }),
  fixDays: Type.Integer({ description: 'How many days of fixes are kept.' }),
  mapTiles: Type.Optional(
    strict(
      {
        url: Type.String({ description: 'With `{z}`, `{x}` and `{y}` in it.' }),
        attribution: Type.String(),
      },
      { description: 'Where pictures of the map come from; absent: from nowhere.' },
    ),
  ),
});
export type About = Static<typeof About>;

/** What a page needs to know of the Bazar that serves it. */
export const aboutApi = defineApi({
  getAbout: {
    method: 'GET',
    path: '/v1/about',
    summary: 'What this Bazar is, and how it is set up',
    cacheControl: 'public, max-age=60',
    reply: About,
  },
});
