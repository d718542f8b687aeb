/** Where the button that had the focus is gone, reading goes on at the top, and not nowhere. */
export function focusHeading(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('main h1')?.focus());
}
