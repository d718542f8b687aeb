import { consolePaths } from '../../src/gateway/console-paths.ts';

export type PageName = keyof typeof consolePaths;
export type Place = { page: PageName | undefined; params: Record<string, string> };

const forms = Object.entries(consolePaths).map(([page, form]) => {
  const names = [...form.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
  const pattern = new RegExp(`^${form.replaceAll(/:\w+/g, '([^/]+)')}/?$`);
  return { page: page as PageName, names, pattern };
});

/** The page at a path, and what its address says about it. */
export function placeOf(pathname: string): Place {
  for (const { page, names, pattern } of forms) {
    const found = pattern.exec(pathname);
    if (!found) continue;
    const params = names.map((name, i) => [name, readable(found[i + 1] ?? '')]);
    return { page, params: Object.fromEntries(params) };
  }
  return { page: undefined, params: {} };
}

function readable(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a page. */
export function to(page: PageName, params: Record<string, string> = {}): string {
  return consolePaths[page].replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
}

/** A page of our own that somebody wanted to go to; addresses of others are not followed. */
export function ownAddress(wanted: string | null): string | undefined {
  // Browsers take a backslash for a slash and drop control characters, so these lead elsewhere too.
  if (wanted === null || !/^\/(?![/\\])[^\p{Cc}\\]*$/u.test(wanted)) return undefined;
  const [path = ''] = wanted.split(/[?#]/);
  const { page } = placeOf(path);
  return page && page !== 'signIn' && page !== 'register' ? wanted : undefined;
}
