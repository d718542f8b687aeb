import type { api, User } from '../base/session.ts';

export type Scope = Awaited<ReturnType<typeof api.createApiKey>>['scopes'][number];
type Role = User['role'];
type Offer = { scope: Scope; words: string; roles: readonly Role[] };

const everybody: readonly Role[] = ['customer', 'courier', 'staff'];
const drivers: readonly Role[] = ['courier', 'staff'];

/** What a key may be allowed to do, in words, and who can give that away. */
const offers: readonly Offer[] = [
  { scope: 'catalog:read', words: 'Look at products', roles: everybody },
  { scope: 'catalog:write', words: 'Change products, stock and holds', roles: ['staff'] },
  { scope: 'orders:read', words: 'Look at orders', roles: everybody },
  { scope: 'orders:write', words: 'Place and cancel orders', roles: everybody },
  { scope: 'users:read', words: 'Look at the account', roles: everybody },
  { scope: 'users:write', words: 'Change the account', roles: everybody },
  { scope: 'tracking:read', words: 'See where vehicles are and were', roles: drivers },
  { scope: 'tracking:write', words: 'Report where vehicles are', roles: drivers },
];

/** What somebody may allow; the key of a device has to do with its vehicle only. */
export function scopesFor(role: Role, isForVehicle: boolean): readonly Offer[] {
  return offers.filter(
    ({ scope, roles }) => roles.includes(role) && (!isForVehicle || scope.startsWith('tracking:')),
  );
}

export function wordsOf(scope: Scope): string {
  return offers.find((offer) => offer.scope === scope)?.words ?? scope;
}
