-- Keys and ids compare byte by byte, whatever the locale of the server.
create table users.accounts (
  id uuid primary key,
  number bigint generated always as identity,
  username text not null,
  username_key text collate "C" not null,
  email text not null,
  email_key text collate "C" not null,
  name text,
  role text not null check (role in ('customer', 'courier', 'staff')),
  password_hash text not null,
  -- Rises with each new password, not when the same one is hashed anew.
  password_version int not null default 1,
  disabled_at timestamptz,
  created_at timestamptz not null,
  version bigint not null default 1,
  constraint accounts_number_unique unique (number),
  constraint accounts_username_unique unique (username_key),
  constraint accounts_email_unique unique (email_key)
);

-- Few rows, asked for whenever somebody stops being staff.
create index accounts_active_staff on users.accounts (id)
  where role = 'staff' and disabled_at is null;

create table users.sessions (
  id uuid primary key,
  account_id uuid not null references users.accounts (id),
  token_hash bytea not null,
  -- Token and seed of the last rotation: with both, the token that followed can be told again.
  previous_hash bytea,
  seed bytea,
  rotated_at timestamptz,
  created_at timestamptz not null,
  -- Minus infinity for a session that was ended, so that no clock can see it live.
  ends_at timestamptz not null
);

create index sessions_by_account on users.sessions (account_id, id);
create index sessions_by_end on users.sessions (ends_at);

create table users.api_keys (
  id uuid primary key,
  -- The order they were made in; ids of one millisecond have none.
  number bigint not null generated always as identity,
  account_id uuid not null references users.accounts (id),
  name text not null,
  scopes text[] not null,
  secret_hash bytea not null,
  previous_hash bytea,
  previous_expires_at timestamptz,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);

create index api_keys_open_by_account on users.api_keys (account_id, number) where revoked_at is null;

-- One row for each account (or unknown login) that somebody tries to get into.
create table users.login_attempts (
  subject text collate "C" primary key,
  attempts int not null,
  free_at timestamptz not null
);

create index login_attempts_by_free_at on users.login_attempts (free_at);
