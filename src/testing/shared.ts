import { AsyncResource } from 'node:async_hooks';
import { test } from 'node:test';

const opened = new Map<string, Promise<unknown>>();
/** Where this module is loaded, which is outside of every test. */
const outside = AsyncResource.bind(<T>(open: () => T): T => open());

/**
 * What takes long to open is opened once for all test files of a process. Its own `after` is that
 * of the process: it is closed when the last of them is done.
 */
export function openOnce<T>(key: string, open: () => Promise<T>): Promise<T> {
  const found = opened.get(key) as Promise<T> | undefined;
  const promise = found ?? outside(open);
  opened.set(key, promise);
  // A promise of the caller's own: what is awaited decides to whom the tests after it belong.
  return new Promise((resolve, reject) => {
    promise.then(resolve, reject);
  });
}

/**
 * Much more than the longest file takes on a machine that has much else to do: what hangs then is
 * told by its name.
 */
const fileMsMax = 400_000;

/** Runs test files in this process, one after the other, each as a test that has tests. */
export function runFiles(urls: Readonly<Record<string, string>>): void {
  for (const [name, url] of Object.entries(urls)) {
    test(name, { timeout: fileMsMax }, async () => void (await import(url)));
  }
}
