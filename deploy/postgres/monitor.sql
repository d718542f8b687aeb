-- A role for the exporter of PostgreSQL: it reads statistics, and no data. Without the profile `observe`
-- it may be there all the same. On a server that was made before there was this file, once, by hand:
--   docker compose exec postgres psql -U postgres -f /docker-entrypoint-initdb.d/monitor.sql
\set monitor_password `cat /run/secrets/monitor-password`
create role monitor login connection limit 3 password :'monitor_password';
grant pg_monitor to monitor;
