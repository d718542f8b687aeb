import { signal } from '@preact/signals';
import { api } from './session.ts';

type About = Awaited<ReturnType<typeof api.getAbout>>;

/** What this Bazar is; until it is known, nothing that needs it is shown. */
export const about = signal<About | undefined>(undefined);

export async function learnAbout(): Promise<void> {
  about.value = await api.getAbout({});
}
