import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Call } from '../platform/call.ts';
import { invalid } from '../platform/errors.ts';
import { commonPasswords } from './common-passwords.ts';
import { hashQueue } from './hash-queue.ts';
import { formatPhc, parsePhc, type Cost, type Phc } from './phc.ts';

type Deadline = Pick<Call, 'deadlineAtMs'>;

export type Verdict = {
  matches: boolean;
  /** The same password hashed as we do it today, where the stored hash is of an older kind. */
  renewedHash?: string;
};

export type Passwords = {
  /** Hashes a password that somebody wants to have from now on, unless it is a common one. */
  choose(password: string, call: Deadline): Promise<string>;
  /** Without a hash it does the same work and never matches. */
  verify(password: string, hash: string | undefined, call: Deadline): Promise<Verdict>;
};

/** What OWASP asks for at least; about 40 ms. */
const currentCost: Cost = { memoryKib: 19_456, passes: 2, lanes: 1 };
const saltBytes = 16;
const tagBytes = 32;

/** Each hash takes a thread of the four that all of Node's file and DNS work shares. */
const limits = { runningMax: 2, waitingMax: 64 };

const argon2id = promisify(argon2).bind(undefined, 'argon2id');

/** Argon2id hashes as PHC strings, which carry their own parameters. */
export function createPasswords({ cost = currentCost, derive = argon2id } = {}): Passwords {
  const isCommon = commonPasswords();
  const inTurn = hashQueue(limits);
  const nobody: Phc = { cost, salt: Buffer.alloc(saltBytes), tag: Buffer.alloc(tagBytes) };

  async function tagOf(password: string, { cost: { memoryKib, passes, lanes }, salt, tag }: Phc) {
    return derive({
      // The same letters can come composed or not, depending on the keyboard.
      message: password.normalize('NFC'),
      nonce: salt,
      memory: memoryKib,
      passes,
      parallelism: lanes,
      tagLength: tag.length,
    });
  }

  async function hash(password: string, call: Deadline): Promise<string> {
    const phc = { ...nobody, salt: randomBytes(saltBytes) };
    return formatPhc({ ...phc, tag: await inTurn(() => tagOf(password, phc), call) });
  }

  return {
    async choose(password, call) {
      if (await isCommon(password)) {
        throw invalid('body', '/password', 'is one of the most common passwords');
      }
      return hash(password, call);
    },
    async verify(password, stored, call) {
      const phc = stored === undefined ? nobody : parsePhc(stored);
      const tag = await inTurn(() => tagOf(password, phc), call);
      const matches = timingSafeEqual(tag, phc.tag) && stored !== undefined;
      if (!matches || formatPhc({ ...phc, cost }) === stored) return { matches };
      return { matches, renewedHash: await hash(password, call) };
    },
  };
}
