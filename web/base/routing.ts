import { computed, signal } from '@preact/signals';
import { placeOf } from './places.ts';

export { placeOf, to, type PageName, type Place } from './places.ts';

const path = signal(location.pathname);
const search = signal(location.search);

/** Where the reader is; a page of `undefined` does not exist. */
export const place = computed(() => placeOf(path.value));
export const query = computed(() => new URLSearchParams(search.value));

export function go(address: string, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  arrive();
  if (!replace) scrollTo(0, 0);
}

/** Says in the address what a page shows, so that it can be kept, sent and come back to. */
export function showInAddress(fields: Record<string, string | undefined>): void {
  const shown = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(fields)) {
    if (value) shown.set(name, value);
    else shown.delete(name);
  }
  const text = shown.size > 0 ? `?${shown}` : '';
  if (text !== location.search) go(`${location.pathname}${text}`, { replace: true });
}

function arrive(): void {
  path.value = location.pathname;
  search.value = location.search;
}

/** Links within the console change the page without loading it anew. */
export function startRouting(): void {
  addEventListener('popstate', arrive);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || !isPlainClick(event) || !leadsWithin(link)) return;
    event.preventDefault();
    if (link.href !== location.href) go(`${link.pathname}${link.search}`);
  });
}

/** With a key held, or another button, the reader wants a tab or a window. */
function isPlainClick(event: MouseEvent): boolean {
  const isHeld = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return !event.defaultPrevented && event.button === 0 && !isHeld;
}

function leadsWithin(link: HTMLAnchorElement): boolean {
  if (link.origin !== location.origin || link.target || link.hasAttribute('download')) return false;
  return link.hash === '' && placeOf(link.pathname).page !== undefined;
}
