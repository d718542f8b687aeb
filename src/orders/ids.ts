import { idOf } from '../platform/idempotency.ts';

/** The id of the order of this user under this key: whoever repeats the request finds the same one. */
export const orderIdOf = (userId: string, key: string): string => idOf(userId, key);
