import type { Database, Queryable } from '../platform/database.ts';
import { apiKeyStore, type ApiKeyStore } from './api-key-store.ts';
import { attemptStore, type AttemptStore } from './attempt-store.ts';
import { sessionStore, type SessionStore } from './session-store.ts';
import { standingStore, type StandingStore } from './standing-store.ts';
import { accountStore, type AccountStore } from './store.ts';

export type Stores = {
  standing: StandingStore;
  accounts: AccountStore;
  sessions: SessionStore;
  apiKeys: ApiKeyStore;
};

export type Storage = Stores & {
  attempts: AttemptStore;
  /** Runs statements of several stores as one. */
  atomically<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
};

/** All that this service keeps, behind its statements. */
export function openStorage(database: Database): Storage {
  return {
    ...storesOn(database),
    attempts: attemptStore(database),
    atomically: (work) => database.transaction((transaction) => work(storesOn(transaction))),
  };
}

function storesOn(db: Queryable): Stores {
  return {
    accounts: accountStore(db),
    standing: standingStore(db),
    sessions: sessionStore(db),
    apiKeys: apiKeyStore(db),
  };
}
