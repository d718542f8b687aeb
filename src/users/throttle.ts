import { createHash } from 'node:crypto';
import type { Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import type { AttemptStore } from './attempt-store.ts';
import type { RecordEvent } from './security.ts';
import { secondsAfter } from './time.ts';

/** Five guesses are free, then each takes twice the patience of the one before. */
const limits = { freeMax: 5, delaySeconds: 30, delaySecondsMax: 900, forgetSeconds: 900 };

/** A refused attempt leaves one row and takes away up to so many, so they cannot pile up. */
const droppedMax = 20;

/** Whose password is guessed: an account, or a login that nobody has. */
export type Subject = { key: string; targetId?: string };

export type Throttle = {
  /** Counts an attempt before it is made, so that attempts at once cannot slip past the limit. */
  admit(subject: Subject, call: Call): Promise<void>;
  /** It was the right person after all. */
  clear(subject: Subject): Promise<void>;
  /** Forgets, in passing, who gave up. */
  tidy(): Promise<void>;
};

type Parts = { attempts: AttemptStore; recordEvent: RecordEvent; now: () => Date };

/** Slows down the guessing of passwords, account by account. */
export function createThrottle({ attempts, recordEvent, now }: Parts): Throttle {
  return {
    async admit({ key, ...facts }, call) {
      const at = now();
      if (await attempts.count({ ...limits, subject: key, now: at })) return;
      const freeAt = await attempts.freeAt(key);
      const waitMs = (freeAt ?? at).getTime() - at.getTime();
      recordEvent('logInThrottled', call, facts);
      throw new AppError('rateLimited', 'Too many attempts for this account; wait a while', {
        retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
      });
    },
    async clear({ key }) {
      await attempts.clear(key);
    },
    async tidy() {
      const before = secondsAfter(now(), -limits.forgetSeconds);
      await attempts.dropForgotten(before, droppedMax);
    },
  };
}

export function accountSubject(accountId: string): Subject {
  return { key: accountId, targetId: accountId };
}

/** People type passwords into the wrong field, so what nobody is called is kept as a hash. */
export function unknownSubject(login: string): Subject {
  return { key: `unknown ${createHash('sha256').update(login).digest('base64url')}` };
}
