import type { Role, Scope } from './shapes.ts';

const customer: readonly Scope[] = [
  'catalog:read',
  'orders:read',
  'orders:write',
  'users:read',
  'users:write',
];
const courier: readonly Scope[] = [...customer, 'tracking:read', 'tracking:write'];
const staff: readonly Scope[] = [...courier, 'catalog:write'];

const usable: Record<Role, readonly Scope[]> = { customer, courier, staff };

/** The scopes among these that an owner of this role could use. */
export function usableScopes(role: Role, scopes: readonly Scope[]): Scope[] {
  return scopes.filter((scope) => usable[role].includes(scope));
}
