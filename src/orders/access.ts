import type { Call, Caller } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';

export type SignedIn = Extract<Caller, { kind: 'user' }>;
type OrderScope = 'orders:read' | 'orders:write';

/** Anyone with an account; an API key needs the scope. A service never acts as itself here. */
export function signedIn({ caller }: Call, scope: OrderScope): SignedIn {
  if (caller.kind !== 'user') throw new AppError('unauthorized', 'Sign in first');
  if (caller.scopes && !caller.scopes.includes(scope)) {
    throw new AppError('forbidden', `This API key lacks the scope ${scope}`);
  }
  return caller;
}

export function staffOnly(call: Call, scope: OrderScope): SignedIn {
  const user = signedIn(call, scope);
  if (!isStaff(user)) throw new AppError('forbidden', 'Only staff may do this');
  return user;
}

export function isStaff({ role }: SignedIn): boolean {
  return role === 'staff';
}

/** Whose order it is to be: the caller's own, unless staff names somebody else. */
export function ownerFor(caller: SignedIn, userId: string | undefined): string {
  const owner = userId ?? caller.id;
  if (owner !== caller.id && !isStaff(caller)) {
    throw new AppError('forbidden', 'Only staff may order for somebody else');
  }
  return owner;
}

/** One text for missing, foreign, refused and voided orders, so that it tells nothing. */
export function noSuchOrder(): AppError {
  return new AppError('notFound', 'There is no such order');
}
