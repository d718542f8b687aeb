import type { User } from './shapes.ts';
import { withoutNulls } from './without-nulls.ts';

/** Selects a user as the contract shows it, from accounts named `a`. */
export const userColumns = `a.id, a.number, a.username, a.email, a.name, a.role,
  a.disabled_at is not null as disabled, a.created_at as "createdAt", a.version::text as version`;

export type UserRow = Omit<User, 'name'> & { name: string | null };

export const userOf = (row: UserRow): User => withoutNulls<User>(row);
