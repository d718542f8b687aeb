// Before the first paint, so that nobody who reads in the dark is dazzled; see base/theme.ts.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem('bazar.theme');
  } catch {
    // A browser that keeps nothing may refuse even to be asked.
  }
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const isChosen = kept === 'light' || kept === 'dark';
  document.documentElement.dataset.theme = isChosen ? kept : isDark ? 'dark' : 'light';
})();
