import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gpsState, newsItem, orderEvent, startStreams, type Sent } from './testing-streams.ts';

const boxed = '0,40,10,60';
const inside = { latitude: 50, longitude: 5 };
const outside = { latitude: 50, longitude: 15 };

const shownIn = ({ data }: Sent): string[] =>
  (data as { fixes: { vehicleId: string; timestamp: string }[] }).fixes.map(
    ({ vehicleId, timestamp }) => `${vehicleId}.${Date.parse(timestamp)}`,
  );

describe('a fix', () => {
  test('comes as a CloudEvent with what is known of it, and not with whose it is', async () => {
    const { open, bus } = await startStreams();
    const reader = await open('sue staff', { topics: 'fixes' });
    await reader.first(1);
    const known = { speed_meters_per_second: 3, bearing: null, distance_meters: 7, hdop: 0.5 };
    bus.announce('gps_state', [gpsState('van-1', 1_500, { ...known, owner_id: 'ann' })]);
    const [, sent] = await reader.first(2);
    const timestamp = '1970-01-01T00:00:01.500Z';
    assert.equal(sent?.event, 'fix.v1');
    assert.deepEqual(sent.data, {
      specversion: '1.0',
      id: 'van-1.1500',
      source: '/tracking',
      type: 'fix.v1',
      subject: 'van-1',
      sequence: '1500',
      time: timestamp,
      datacontenttype: 'application/json',
      data: {
        ...{ vehicleId: 'van-1', timestamp, latitude: 50, longitude: 8 },
        ...{ speedMetersPerSecond: 3, hdop: 0.5, distanceMeters: 7 },
      },
    });
  });

  test('goes to staff, and to the courier whose vehicle it is', async () => {
    const { open, bus } = await startStreams();
    const readers = await Promise.all([
      open('sue staff', { topics: 'fixes' }),
      open('ann courier', { topics: 'fixes' }),
      open('bob courier', { topics: 'fixes' }),
    ]);
    await Promise.all(readers.map((reader) => reader.first(1)));
    bus.announce('gps_state', [
      gpsState('a', 1, { owner_id: 'ann' }),
      gpsState('b', 1, { owner_id: 'bob' }),
      gpsState('nobodys', 1),
    ]);
    const [sue, ann, bob] = readers;
    await Promise.all([sue.first(4), ann.first(2), bob.first(2)]);
    assert.deepEqual(sue.news(), ['a.1', 'b.1', 'nobodys.1']);
    assert.deepEqual([ann.news(), bob.news()], [['a.1'], ['b.1']]);
  });

  test('comes only from the vehicle that is asked for, or that a key speaks for', async () => {
    const { open, bus } = await startStreams();
    const key = JSON.stringify({ scopes: ['tracking:read'], vehicleId: 'b' });
    const readers = await Promise.all([
      open('sue staff', { topics: 'fixes', vehicle: 'a' }),
      open(`ann courier ${key}`),
      open('bob courier', { vehicle: 'a' }),
    ]);
    await Promise.all(readers.map((reader) => reader.first(1)));
    const ofAnn = ['a', 'b'].map((vehicle) => gpsState(vehicle, 1, { owner_id: 'ann' }));
    bus.announce('gps_state', [...ofAnn, gpsState('b', 2), gpsState('a', 3, { owner_id: 'bob' })]);
    const [sue, ann, bob] = readers;
    await Promise.all([sue.first(3), ann.first(2), bob.first(2)]);
    assert.deepEqual(sue.news(), ['a.1', 'a.3']);
    assert.deepEqual([ann.news(), bob.news()], [['b.1'], ['a.3']]);
  });

  test('in a box comes, and once more when it has left', async () => {
    const { open, bus } = await startStreams();
    const reader = await open('sue staff', { topics: 'fixes', box: boxed });
    await reader.first(1);
    const places = [outside, inside, outside, outside, inside];
    bus.announce(
      'gps_state',
      places.map((place, i) => gpsState('v', i + 1, place)),
    );
    await reader.first(4);
    assert.deepEqual(reader.news(), ['v.2', 'v.3', 'v.5']);
  });

  test('that is no fix, or older than what was heard, is passed over', async () => {
    const { open, bus } = await startStreams();
    const reader = await open('sue staff', { topics: 'fixes' });
    await reader.first(1);
    bus.announce('gps_state', [
      gpsState('v', 2),
      gpsState('v', 1),
      gpsState('v', 9e15),
      { key: 'w', value: { vehicle: 'w', sequence: 1 } },
      { key: 'x', value: {} },
      gpsState('v', 3),
    ]);
    await reader.first(3);
    assert.deepEqual(reader.news(), ['v.2', 'v.3']);
  });
});

describe('who may hear of fixes', () => {
  test('is courier or staff, with the scope if it is a key, and others hear what is theirs', async () => {
    const { open, url } = await startStreams();
    const statusOf = async (user: string, query: string) =>
      (await fetch(`${url}/v1/stream?${query}`, { headers: { 'x-user': user } })).status;
    const reader = JSON.stringify({ scopes: ['tracking:read'] });
    const shopper = JSON.stringify({ scopes: ['orders:read'] });
    const other = JSON.stringify({ scopes: ['catalog:read'] });
    const device = JSON.stringify({ scopes: ['tracking:read'], vehicleId: 'a' });
    const refused = [
      ['ann customer', 'topics=fixes', 403],
      ['ann customer', 'topics=orders,fixes', 403],
      ['ann customer', 'vehicle=a', 400],
      ['ann courier', 'topics=orders&box=0,0,1,1', 400],
      ['ann courier', 'vehicle=a&box=0,0,1,1', 400],
      ['ann courier', 'box=0,5,1,1', 400],
      ['ann courier', 'box=0,5,1', 400],
      ['ann courier', 'vehicle=-', 400],
      [`ann courier ${reader}`, 'topics=orders', 403],
      [`ann courier ${shopper}`, 'topics=fixes', 403],
      [`ann courier ${other}`, '', 403],
      [`ann courier ${device}`, 'vehicle=b', 403],
    ] as const;
    const statuses = refused.map(([user, query]) => statusOf(user, query));
    assert.deepEqual(
      await Promise.all(statuses),
      refused.map(([, , status]) => status),
    );
    const allowed = [
      'ann customer',
      'sue staff',
      `ann courier ${reader}`,
      `bob courier ${shopper}`,
    ];
    const firsts = await Promise.all(
      allowed.map(async (user) => (await (await open(user)).first(1))[0]?.data),
    );
    const shop = { orders: [], lowStock: [] };
    assert.deepEqual(firsts, [shop, { ...shop, fixes: [] }, { fixes: [] }, shop]);
  });
});

describe('the snapshot of fixes', () => {
  test('has the newest of each vehicle that may be seen, and one question is asked for all', async () => {
    const { open, bus, shop } = await startStreams();
    shop.fixes = [
      newsItem('a', 5, { ownerId: 'ann', ...inside, elevation: 3 }),
      newsItem('b', 5, { ...outside }),
    ];
    const asked = [
      ['sue staff', {}],
      ['ann courier', {}],
      ['sue staff', { box: boxed }],
      ['sue staff', { vehicle: 'b' }],
    ] as const;
    const readers = await Promise.all(
      asked.map(([user, query]) => open(user, { topics: 'fixes', ...query })),
    );
    const firsts = await Promise.all(readers.map((reader) => reader.first(1)));
    assert.deepEqual(
      firsts.map(([first]) => first && shownIn(first).toSorted()),
      [['a.5', 'b.5'], ['a.5'], ['a.5'], ['b.5']],
    );
    assert.deepEqual(firsts[1]?.[0]?.data, {
      fixes: [{ vehicleId: 'a', timestamp: '1970-01-01T00:00:00.005Z', ...inside, elevation: 3 }],
    });
    bus.announce('gps_state', [gpsState('a', 6, outside)]);
    const later = await open('sue staff', { topics: 'fixes' });
    const [shown] = await later.first(1);
    assert.ok(shown && shownIn(shown).includes('b.5'));
    await readers[0]?.first(2);
    assert.deepEqual(readers[2]?.news(), ['a.6']);
    assert.deepEqual(shop.askedFixes, [undefined]);
  });

  test('is not followed by what is older, and with no gap by what is newer', async () => {
    const { open, bus, shop } = await startStreams();
    shop.fixes = [newsItem('v', 5)];
    shop.meanwhile = async () =>
      bus.announce(
        'gps_state',
        [3, 4].map((sequence) => gpsState('v', sequence)),
      );
    const reader = await open('sue staff', { topics: 'fixes,orders' });
    const [shown] = await reader.first(1);
    assert.deepEqual(shown && shownIn(shown), ['v.5']);
    bus.announce('gps_state', [gpsState('v', 5), gpsState('v', 6)]);
    await bus.publish('orders', [orderEvent('o', {})]);
    const isNewer = (id: string) => !/^v\.[34]$/.test(id);
    await reader.first(3);
    assert.ok(reader.news().every(isNewer), String(reader.news()));
    assert.deepEqual(reader.news().slice(-2), ['v.6', 'o.1']);
  });

  test('that cannot be had is refused, and takes no place', async () => {
    const started = await startStreams({ limits: { perUserMax: 1 } });
    started.shop.meanwhile = () => Promise.reject(new Error('gone'));
    assert.equal((await started.open('ann courier', { topics: 'fixes' })).status, 500);
    started.shop.meanwhile = async () => undefined;
    await started.untilOpen(0);
    assert.equal((await started.open('ann courier', { topics: 'fixes' })).status, 200);
  });
});
