import { say } from './toast.tsx';

/** Puts a text where it can be pasted from; browsers allow that only where the page is secure. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** The same, and says in passing what came of it. */
export async function copyAndSay(text: string, done: string): Promise<void> {
  if (await copy(text)) say(done);
  else say('The browser did not let it be copied. Mark it and copy it by hand.', 'bad');
}
