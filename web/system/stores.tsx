import { bytes, duration, number, plural } from '../base/format.ts';
import { Badge } from '../parts/badge.tsx';
import { Section } from '../parts/page.tsx';
import { databasesOf, redisOf } from './combine.ts';
import type { Postgres, Process, Redis } from './shapes.ts';

/** PostgreSQL and Redis. */
export function StoresSection({ processes }: { processes: readonly Process[] }) {
  const databases = databasesOf(processes);
  const redis = redisOf(processes);
  return (
    <Section title="PostgreSQL and Redis">
      <ul class="stores">
        {databases.map((database) => (
          <li key={database.services.join()}>
            <DatabaseCard {...database} />
          </li>
        ))}
        {databases.length === 0 && <li class="muted">No database is asked from here.</li>}
        <li>
          {redis ? (
            <RedisCard {...redis} />
          ) : (
            <p class="muted">No Redis. A single process needs none.</p>
          )}
        </li>
      </ul>
    </Section>
  );
}

function DatabaseCard(database: Postgres) {
  const { services, ok, version, sizeBytes, connections, connectionsMax } = database;
  const seconds = database.oldestTransactionSeconds;
  return (
    <>
      <Title name={`PostgreSQL of ${services.join(', ')}`} ok={ok} />
      <dl class="figures">
        <Fact name="Version" value={version?.split(' ')[0]} />
        <Fact name="Size" value={sizeBytes === undefined ? undefined : bytes(sizeBytes)} />
        <div>
          <dt>Connections</dt>
          <dd class="number">
            {connections === undefined ? '–' : number(connections)}
            {connectionsMax !== undefined && ` of ${number(connectionsMax)}`}
            {connections !== undefined && connectionsMax !== undefined && (
              <meter
                aria-label="Connections in use"
                {...{ min: 0, max: connectionsMax, value: connections, high: connectionsMax * 0.9 }}
              />
            )}
          </dd>
        </div>
        <Fact
          name="Oldest transaction"
          value={seconds === undefined ? undefined : ageOf(seconds)}
        />
      </dl>
    </>
  );
}

function ageOf(seconds: number): string {
  return seconds < 1 ? 'under 1 s' : duration(seconds);
}

function RedisCard({ ok, version, memoryBytes, clients }: Redis) {
  return (
    <>
      <Title name="Redis" ok={ok} />
      <dl class="figures">
        <Fact name="Version" value={version} />
        <Fact name="Memory" value={memoryBytes === undefined ? undefined : bytes(memoryBytes)} />
        <Fact
          name="Connections"
          value={clients === undefined ? undefined : plural(clients, 'client')}
        />
      </dl>
    </>
  );
}

function Title({ name, ok }: { name: string; ok: boolean }) {
  return (
    <div class="store-head">
      <h3>{name}</h3>
      <Badge tone={ok ? 'good' : 'bad'}>{ok ? 'answers' : 'does not answer'}</Badge>
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="number">{value ?? '–'}</dd>
    </div>
  );
}
