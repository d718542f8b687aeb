import type { Cursors } from '../platform/cursor.ts';
import type { Database } from '../platform/database.ts';
import type { KeySet } from '../platform/keys.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Passwords } from './passwords.ts';
import type { RecordEvent } from './security.ts';
import type { Storage } from './storage.ts';
import type { Throttle } from './throttle.ts';

/** What the users service is built from. */
export type UsersParts = {
  database: Database;
  tokenKeys: KeySet;
  cursors: Cursors;
  now: () => Date;
  log: Log;
  metrics: Pick<Metrics, 'securityEvents'>;
  /** Argon2id as of now, if not said. */
  passwords?: Passwords;
};

/** What its files hand to each other. */
export type Inner = {
  storage: Storage;
  passwords: Passwords;
  throttle: Throttle;
  accessTokens: AccessTokens;
  recordEvent: RecordEvent;
  cursors: Cursors;
  now: () => Date;
};
