import { api } from '../base/session.ts';
import { createNames } from './staff-people.ts';

/** Everybody whose name this page has asked for. */
export const names = createNames((id) => api.getUser({ id }));
