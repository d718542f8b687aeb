import type { Database, Statement } from '../platform/database.ts';
import type { Reach } from './access.ts';
import { earthRadiusMeters, type Box, type Place } from './geo.ts';
import type { Area, Circle } from './places.ts';
import { stateColumns, withBefore, type StateRow } from './state-store.ts';

/** A vehicle with where it is, if it has ever said so. */
export type VehicleRow = {
  id: string;
  name: string | null;
  ownerId: string | null;
  createdAt: string;
} & (StateRow | { timestamp: null });

type Settings = { id: string; name: string | undefined; ownerId: string | undefined };

export type VehiclePage = Reach & {
  area: Area | undefined;
  /** The id of the last vehicle that was seen. */
  after: string | undefined;
  limit: number;
};

const vehicleColumns = `v.id, v.name, v.owner_id as "ownerId", v.created_at as "createdAt",
  ${stateColumns}`;

/** An insert that finds its row uses up a number all the same, and those are finite. */
const setVehicle: Statement = {
  name: 'setVehicle',
  text: `with changed as (
      update tracking.vehicles set name = $2::text, owner_id = $3::uuid where id = $1::text
      returning no)
    insert into tracking.vehicles (id, name, owner_id)
    select $1::text, $2::text, $3::uuid where not exists (select from changed)
    on conflict (id) do update set name = excluded.name, owner_id = excluded.owner_id`,
};

const vehicleById: Statement = {
  name: 'vehicleById',
  text: `select ${vehicleColumns}
    from tracking.vehicles v left join tracking.states f on f.vehicle = v.no
    ${withBefore}
    where v.id = $1::text`,
};

/** A whole page and one more. PostgreSQL takes a limit that it cannot see for a tenth of all rows. */
const rowsMax = 101;

type Placeholder = (type: string, value: unknown) => string;

/** The SQL of vehicles. */
export function vehicleStore(database: Database) {
  return {
    set: ({ id, name, ownerId }: Settings) => database.rows(setVehicle, [id, name, ownerId]),

    byId: (id: string) => database.one<VehicleRow>(vehicleById, [id]),

    page: (page: VehiclePage) => {
      const values: unknown[] = [];
      const statement = pageStatement(page, (type, value) => `$${values.push(value)}::${type}`);
      return database.rows<VehicleRow>(statement, values);
    },
  };
}

/**
 * A whole statement for each combination of filters, from constant parts. First it picks who is on
 * the page, and only of those it says all. Exported for the test that looks at the plan.
 */
export function pageStatement(page: VehiclePage, $: Placeholder): Statement {
  const { area, ownerId, vehicleId, after, limit } = page;
  const conditions = [
    ...(ownerId === undefined ? [] : [`v.owner_id = ${$('uuid', ownerId)}`]),
    ...(vehicleId === undefined ? [] : [`v.id = ${$('text', vehicleId)}`]),
    ...(after === undefined ? [] : [`v.id > ${$('text', after)}`]),
  ];
  const text = `${area ? found(area, page, $) : ''}
    select ${vehicleColumns}
    from (
      select * from (
        select v.*, ${area ? 'found.way' : '0'} as way
        from tracking.vehicles v ${area ? 'join found on found.vehicle = v.no' : ''}
        ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
        order by way, v.id
        limit ${rowsMax}
      ) most
      order by way, id
      limit ${$('int', limit)}
    ) v
    left join tracking.states f on f.vehicle = v.no
    ${withBefore}
    order by v.way, v.id`;
  return { name: nameOf(page), text };
}

/** Materialised, so that the index on places finds them; but who has few vehicles looks at those. */
function found({ boxes, circle }: Area, { ownerId, vehicleId }: Reach, $: Placeholder): string {
  const hasFew = (ownerId ?? vehicleId) !== undefined;
  const way = circle ? wayFrom(circle.centre, $) : '0';
  return `with found as ${hasFew ? 'not' : ''} materialized (
      select vehicle, ${way} as way from tracking.states f
      where (${boxes.map((box) => isIn(box, $)).join(' or ')})
        ${circle ? `and ${way} <= ${$('float8', wayMax(circle))}` : ''}
    )`;
}

/** As the index on places has it. */
function isIn({ west, south, east, north }: Box, $: Placeholder): string {
  const corners = [`${$('float8', west)}, ${$('float8', south)}`];
  corners.push(`${$('float8', east)}, ${$('float8', north)}`);
  return `point(f.longitude, f.latitude) <@ box(point(${corners.join('), point(')}))`;
}

/** The haversine: it grows with the distance, and is all that comparing takes. */
function wayFrom(centre: Place, $: Placeholder): string {
  const latitude = $('float8', centre.latitude);
  const longitude = $('float8', centre.longitude);
  return `(sind(${awayFrom('latitude', latitude)} / 2) ^ 2
    + cosd(f.latitude) * cosd(${latitude}) * sind(${awayFrom('longitude', longitude)} / 2) ^ 2)`;
}

/** PostgreSQL refuses to square the tiniest numbers; one more and one less leaves nothing so tiny. */
function awayFrom(column: 'latitude' | 'longitude', centre: string): string {
  return `(f.${column} - ${centre} + 1 - 1)`;
}

function wayMax({ radiusMeters }: Circle): number {
  return Math.sin(radiusMeters / (2 * earthRadiusMeters)) ** 2;
}

function nameOf({ area, ownerId, vehicleId, after }: VehiclePage): string {
  const filters = [
    area && `boxes ${area.boxes.length}`,
    area?.circle && 'circle',
    ownerId !== undefined && 'owner',
    vehicleId !== undefined && 'vehicle',
    after !== undefined && 'after',
  ];
  return ['vehicles', ...filters.filter(Boolean)].join(' ');
}
