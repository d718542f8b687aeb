-- The key of a device speaks for this vehicle only; null for all other keys.
alter table users.api_keys add column vehicle_id text;
