import { Type, type Static } from 'typebox';
import { strict } from '../platform/api.ts';

const uuidForm = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

export const Id = Type.String({ pattern: `^${uuidForm}$`, description: 'A UUID in lower case.' });

export const IdOrMe = Type.String({
  pattern: `^(?:me|${uuidForm})$`,
  description: 'A user id, or `me` for the caller.',
});

const Time = Type.String({ description: 'RFC 3339, UTC.' });

export const Role = Type.Enum(['customer', 'courier', 'staff'], { type: 'string' });
export type Role = Static<typeof Role>;

/** What an API key may be allowed to do. */
export const Scope = Type.Enum(
  [
    'users:read',
    'users:write',
    'catalog:read',
    'catalog:write',
    'orders:read',
    'orders:write',
    'tracking:read',
    'tracking:write',
  ],
  { type: 'string' },
);
export type Scope = Static<typeof Scope>;

/**
 * Letters with their marks and digits of every script. What nobody can see is left out, or two
 * names could look alike and yet differ.
 */
export const Username = Type.String({
  pattern: '^(?:(?!\\p{Default_Ignorable_Code_Point})[\\p{L}\\p{M}\\p{Nd}._-]){1,80}$',
  description: 'Letters and digits of any script, `.`, `_` and `-`; unique regardless of case.',
});

/** No part of it can match in two ways, so it is checked in linear time. */
export const Email = Type.String({
  maxLength: 254,
  pattern: '^[^\\s\\p{C}@]+@[^\\s\\p{C}@.]+(?:\\.[^\\s\\p{C}@.]+)+$',
  description: 'Unique regardless of case.',
});

export const Name = Type.String({ minLength: 1, maxLength: 120, pattern: '^\\P{Cc}*$' });

export const Password = Type.String({
  minLength: 8,
  maxLength: 128,
  description: 'Any characters, also spaces; the most common passwords are refused.',
});

/** A password that is compared rather than chosen may be of any form. */
export const GivenPassword = Type.String({ maxLength: 1_000 });

export const Registration = strict({
  username: Username,
  email: Email,
  name: Type.Optional(Name),
  password: Password,
});

export const UserChanges = strict({
  username: Type.Optional(Username),
  email: Type.Optional(Email),
  name: Type.Optional(Type.Union([Name, Type.Null()], { description: 'Null removes it.' })),
  password: Type.Optional(Password),
  currentPassword: Type.Optional(GivenPassword),
});

export const userFilters = {
  role: Type.Optional(Role),
  disabled: Type.Optional(Type.Boolean()),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 254,
      description: 'How the username or the e-mail address begins.',
    }),
  ),
};

export const User = strict({
  id: Id,
  number: Type.Integer({ minimum: 1, description: 'Short, rising, for people; gaps are normal.' }),
  username: Type.String(),
  email: Type.String(),
  name: Type.Optional(Type.String()),
  role: Role,
  disabled: Type.Boolean(),
  createdAt: Time,
  version: Type.String({ description: 'The ETag of this state.' }),
});
export type User = Static<typeof User>;

/** What other services need to know about a user. */
export const UserBrief = strict({
  id: Id,
  number: Type.Integer(),
  username: Type.String(),
  role: Role,
  disabled: Type.Boolean(),
});
export type UserBrief = Static<typeof UserBrief>;

export const Session = strict({
  accessToken: Type.String({ description: 'Goes into `Authorization: Bearer`.' }),
  tokenType: Type.Literal('Bearer'),
  expiresInSeconds: Type.Integer(),
  refreshToken: Type.String({ description: 'Good for one refresh, which gives the next one.' }),
  user: User,
});
export type Session = Static<typeof Session>;

/** A login session or an API key that may be used right now. */
export const LiveSession = strict({ id: Id, userId: Id, role: Role });
export type LiveSession = Static<typeof LiveSession>;

/** What it is the id of, only tracking knows. */
export const VehicleLimit = Type.String({
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$',
  description: 'The key speaks for this vehicle only.',
});

const apiKeyFields = {
  id: Id,
  userId: Id,
  name: Type.String(),
  scopes: Type.Array(Scope),
  vehicleId: Type.Optional(VehicleLimit),
  createdAt: Time,
  expiresAt: Type.Optional(Time),
  lastUsedAt: Type.Optional(Time),
  previousExpiresAt: Type.Optional(
    Type.String({ description: 'Until then the secret before the last rotation works too.' }),
  ),
};

export const ApiKey = strict(apiKeyFields);
export type ApiKey = Static<typeof ApiKey>;

export const NewApiKey = strict({
  ...apiKeyFields,
  key: Type.String({ description: 'Shown this once; only its hash is kept.' }),
});
export type NewApiKey = Static<typeof NewApiKey>;

export const Ids = Type.Array(Id, { minItems: 1, maxItems: 512 });
export const Numbers = Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 512 });

/** An Ed25519 public key as RFC 8037 writes it. */
export const PublicKey = strict({
  kty: Type.String(),
  crv: Type.String(),
  x: Type.String(),
  kid: Type.String(),
  alg: Type.String(),
  use: Type.String(),
});
export type PublicKey = Static<typeof PublicKey>;
