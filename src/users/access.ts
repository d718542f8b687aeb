import type { Call, Caller } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { Scope } from './shapes.ts';

export type SignedIn = Extract<Caller, { kind: 'user' }>;

/** Anyone with an account; an API key needs the scope. */
export function signedIn({ caller }: Call, scope: Scope): SignedIn {
  const user = userOf(caller);
  if (user.scopes && !user.scopes.includes(scope)) {
    throw new AppError('forbidden', `This API key lacks the scope ${scope}`);
  }
  return user;
}

export function staffOnly(call: Call, scope: Scope): SignedIn {
  const user = signedIn(call, scope);
  if (user.role !== 'staff') throw new AppError('forbidden', 'Only staff may do this');
  return user;
}

/** A leaked API key must not be able to make itself at home, so some things take a log-in. */
export function loggedIn({ caller }: Call): SignedIn {
  const user = userOf(caller);
  if (user.scopes) throw new AppError('forbidden', 'An API key cannot do this; log in instead');
  return user;
}

/** The account a caller means by an id; what is not theirs looks as if it were not there. */
export function accountIdFor(caller: SignedIn, idOrMe: string): string {
  const id = idOrMe === 'me' ? caller.id : idOrMe;
  if (id !== caller.id && caller.role !== 'staff') throw noSuchUser();
  return id;
}

/** One text for missing and foreign accounts, so that it tells nothing. */
export function noSuchUser(): AppError {
  return new AppError('notFound', 'There is no such user');
}

function userOf(caller: Caller): SignedIn {
  if (caller.kind === 'anonymous') throw unknownCaller();
  if (caller.kind === 'service')
    throw new AppError('forbidden', 'This takes a user, not a service');
  return caller;
}

function unknownCaller(): AppError {
  return new AppError('unauthorized', 'Sign in first');
}
