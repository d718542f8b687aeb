create table tracking.vehicles (
  -- Short, because every fix carries it twice: in its row and in the index.
  no int generated always as identity primary key,
  id text not null unique check (id ~ '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$'),
  name text check (length(name) between 1 and 200),
  -- An account of the users service; whoever owns a vehicle may report and see where it is.
  owner_id uuid,
  created_at timestamptz not null default clock_timestamp()
);

create index vehicles_by_owner on tracking.vehicles (owner_id, id) where owner_id is not null;

-- Every fix that was ever taken, by the time at which it was true. A vehicle is at one place at one
-- time, so vehicle and time are what a fix is known by.
create table tracking.fixes (
  vehicle int not null,
  at timestamptz not null,
  latitude float8 not null,
  longitude float8 not null,
  elevation float8,
  accuracy float8,
  bearing float8,
  speed float8,
  satellites smallint,
  hdop float8,
  vdop float8,
  pdop float8,
  received_at timestamptz not null default now(),
  primary key (vehicle, at)
) partition by range (at);

-- Rows come in the order of this column, so an index of ranges costs next to nothing.
create index fixes_by_arrival on tracking.fixes using brin (received_at)
  with (pages_per_range = 16, autosummarize = on);

-- The newest fix of each vehicle.
create table tracking.states (
  vehicle int primary key references tracking.vehicles,
  at timestamptz not null,
  latitude float8 not null,
  longitude float8 not null,
  elevation float8,
  accuracy float8,
  bearing float8,
  speed float8,
  satellites smallint,
  hdop float8,
  vdop float8,
  pdop float8,
  received_at timestamptz not null
) with (fillfactor = 50);

create index states_by_place on tracking.states using gist (point(longitude, latitude));

-- Makes room for the fixes of one day (UTC). Attaching, unlike making a partition in place, lets
-- everybody else go on reading and writing.
create function tracking.make_day(p_day date) returns void
language plpgsql as $$
declare
  part text := 'fixes_' || to_char(p_day, 'YYYYMMDD');
begin
  if to_regclass('tracking.' || part) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('bazar tracking days'));
  -- Names are looked up as they were remembered before the wait, but a query sees what was made since.
  if exists (select from pg_class
    where relname = part and relnamespace = 'tracking'::regnamespace) then return; end if;
  execute format(
    'create table tracking.%1$I (like tracking.fixes including defaults including constraints)', part);
  execute format(
    'alter table tracking.fixes attach partition tracking.%1$I for values from (%2$L) to (%3$L)',
    part, p_day::timestamp at time zone 'UTC', (p_day + 1)::timestamp at time zone 'UTC');
end $$;

-- Drops the fixes of all days before this one, and says of how many days. Everybody who writes would
-- queue behind a drop that waits, so it does not wait long.
create function tracking.drop_days(p_before date) returns int
language plpgsql as $$
declare
  part text;
  dropped int := 0;
begin
  perform set_config('lock_timeout', '100ms', true);
  for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'tracking.fixes'::regclass
      and c.relname < 'fixes_' || to_char(p_before, 'YYYYMMDD')
  loop
    execute format('drop table tracking.%I', part);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

-- Stores fixes of many vehicles at once, and says which of them were known before (by their place in
-- the arrays, from 1 on) and where each vehicle was until now. Writers of one vehicle come one after
-- the other, and all of them lock in the same order.
create function tracking.store_fixes(
  p_vehicles int[], p_ats float8[], p_latitudes float8[], p_longitudes float8[],
  p_elevations float8[], p_accuracies float8[], p_bearings float8[], p_speeds float8[],
  p_satellites smallint[], p_hdops float8[], p_vdops float8[], p_pdops float8[],
  out known int[], out befores jsonb
) language plpgsql as $$
declare
  stored int;
begin
  perform from tracking.vehicles where no = any (p_vehicles) order by no for no key update;

  befores := (
    select jsonb_agg(jsonb_build_object('vehicle', vehicle, 'at', at,
      'latitude', latitude, 'longitude', longitude))
    from tracking.states where vehicle = any (p_vehicles));

  insert into tracking.fixes (vehicle, at, latitude, longitude, elevation, accuracy, bearing, speed,
    satellites, hdop, vdop, pdop)
  select vehicle, to_timestamp(at_ms / 1000), latitude, longitude, elevation, accuracy, bearing,
    speed, satellites, hdop, vdop, pdop
  from unnest(p_vehicles, p_ats, p_latitudes, p_longitudes, p_elevations, p_accuracies, p_bearings,
      p_speeds, p_satellites, p_hdops, p_vdops, p_pdops)
    as g (vehicle, at_ms, latitude, longitude, elevation, accuracy, bearing, speed, satellites,
      hdop, vdop, pdop)
  on conflict do nothing;
  get diagnostics stored = row_count;

  known := '{}';
  if stored < cardinality(p_vehicles) then
    known := array(
      select g.ord::int
      from unnest(p_vehicles, p_ats) with ordinality as g (vehicle, at_ms, ord)
      join tracking.fixes f on f.vehicle = g.vehicle and f.at = to_timestamp(g.at_ms / 1000)
      where f.xmin <> pg_current_xact_id()::xid
      order by 1);
  end if;

  insert into tracking.states (vehicle, at, latitude, longitude, elevation, accuracy, bearing, speed,
    satellites, hdop, vdop, pdop, received_at)
  select distinct on (vehicle) vehicle, to_timestamp(at_ms / 1000), latitude, longitude, elevation,
    accuracy, bearing, speed, satellites, hdop, vdop, pdop, now()
  from unnest(p_vehicles, p_ats, p_latitudes, p_longitudes, p_elevations, p_accuracies, p_bearings,
      p_speeds, p_satellites, p_hdops, p_vdops, p_pdops)
    with ordinality as g (vehicle, at_ms, latitude, longitude, elevation, accuracy, bearing, speed,
      satellites, hdop, vdop, pdop, ord)
  order by vehicle, at_ms desc, ord
  on conflict (vehicle) do update set at = excluded.at, latitude = excluded.latitude,
    longitude = excluded.longitude, elevation = excluded.elevation, accuracy = excluded.accuracy,
    bearing = excluded.bearing, speed = excluded.speed, satellites = excluded.satellites,
    hdop = excluded.hdop, vdop = excluded.vdop, pdop = excluded.pdop,
    received_at = excluded.received_at
  where excluded.at > states.at;
end $$;

-- Average speeds that somebody will ask for later.
create table tracking.tasks (
  id uuid primary key,
  vehicle int not null references tracking.vehicles,
  -- An account, or a service by name; nobody else but staff may see it.
  asked_by text not null check (length(asked_by) <= 200),
  -- Tells a repeated request from another one under the same key.
  fp bytea not null,
  window_ms int not null check (window_ms > 0),
  window_end timestamptz not null,
  -- The end of the window, or later after a failed try.
  due_at timestamptz not null,
  tries smallint not null default 0,
  state text not null default 'requested'
    check (state in ('requested', 'done', 'failed', 'cancelled')),
  -- { averageSpeedMetersPerSecond, fixes } or { code, detail }, once it is over.
  outcome jsonb,
  created_at timestamptz not null,
  ended_at timestamptz,
  expires_at timestamptz not null
);

create index tasks_to_do on tracking.tasks (due_at) where state = 'requested';
create index tasks_by_asker on tracking.tasks (asked_by) where state = 'requested';
create index tasks_by_age on tracking.tasks (expires_at);
