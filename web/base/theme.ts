import { signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

/** `public/theme.js` reads it too, before anything is painted. */
const key = 'bazar.theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const systemTheme = (): Theme => (system.matches ? 'dark' : 'light');

/** What the reader has chosen, or else what the machine prefers. */
export const theme = signal<Theme>(wanted());

function wanted(): Theme {
  const kept = readKept();
  return kept === 'light' || kept === 'dark' ? kept : systemTheme();
}

/** A browser that keeps nothing may refuse even to be asked. */
function readKept(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function startTheme(): void {
  const follow = () => {
    theme.value = wanted();
  };
  theme.subscribe((value) => {
    document.documentElement.dataset['theme'] = value;
  });
  system.addEventListener('change', follow);
  // The reader has chosen on another page.
  addEventListener('storage', follow);
}

export function switchTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  try {
    localStorage.setItem(key, theme.value);
  } catch {
    // Then it holds until this page is left.
  }
}
