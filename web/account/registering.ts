import { AppError } from '../../src/platform/errors.ts';

type Parts = { register: () => Promise<unknown>; enter: () => Promise<void> };

/**
 * Opens an account and signs in with it. When the answer to that was lost, the account may be there,
 * and the next try finds its name taken: who gives the right password for it is let in.
 */
export function createRegistering({ register, enter }: Parts): () => Promise<void> {
  let mayExist = false;

  /** Whether what was refused had been done before. */
  async function isDone(error: unknown): Promise<boolean> {
    const wasLost = mayExist;
    mayExist ||= error instanceof AppError && error.status >= 500;
    if (!wasLost || !(error instanceof AppError) || error.code !== 'alreadyExists') return false;
    try {
      await enter();
      return true;
    } catch (refusal) {
      // Somebody else has this name, and that is what the reader should hear.
      if (refusal instanceof AppError && refusal.code === 'unauthorized') return false;
      throw refusal;
    }
  }

  return async () => {
    try {
      await register();
    } catch (error) {
      if (await isDone(error)) return;
      throw error;
    }
    mayExist = true;
    await enter();
  };
}
