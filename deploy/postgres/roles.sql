-- The first start of PostgreSQL makes a database and a role for each service. Each owns its own, and
-- cannot even connect to another's.
\set users_password `cat /run/secrets/users-database-password`
create role users login password :'users_password';
create database users owner users;
revoke connect on database users from public;

\set catalog_password `cat /run/secrets/catalog-database-password`
create role catalog login password :'catalog_password';
create database catalog owner catalog;
revoke connect on database catalog from public;

\set orders_password `cat /run/secrets/orders-database-password`
create role orders login password :'orders_password';
create database orders owner orders;
revoke connect on database orders from public;

\set tracking_password `cat /run/secrets/tracking-database-password`
create role tracking login password :'tracking_password';
create database tracking owner tracking;
revoke connect on database tracking from public;
