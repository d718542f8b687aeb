import type { Product } from '../catalog/api.ts';
import { AppError } from '../platform/errors.ts';
import type { LabParts } from './lab.ts';

const idForm = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
/** With its two quotes it must fit into a query of the catalog. */
const phraseCharsMax = 98;

/** Finds products by what people call them: an id or a title, in any case. */
export function createProductNames({ services: { catalog }, asService }: LabParts) {
  async function byId([id, ...others]: readonly string[]): Promise<Product | undefined> {
    if (id === undefined) return undefined;
    const found = await catalog.getProduct({ id }, asService()).catch(nothingIfUnknown);
    return found ?? byId(others);
  }

  async function byTitle(name: string): Promise<Product | undefined> {
    const { items } = await catalog.listProducts({ q: phrase(name), limit: 100 }, asService());
    const [found, another] = items.filter(({ title }) => folded(title) === folded(name));
    if (another) {
      throw new AppError('conflict', `Several products are called ${name}; use the id of one`);
    }
    return found;
  }

  return async (said: string): Promise<Product | undefined> => {
    const name = said.trim();
    const ids = new Set([name, name.toLowerCase(), name.toUpperCase()]);
    return (await byId(idForm.test(name) ? [...ids] : [])) ?? byTitle(name);
  };
}

/** What a line is called: its title, or its id where both are the same word. */
export function nameOf({ productId, title }: { productId: string; title: string }): string {
  return folded(title) === folded(productId) ? productId : title;
}

/** All words of a title; the last of those that fit may be cut off, and would not be found. */
function phrase(name: string): string {
  const words = name.replaceAll('"', ' ');
  const short = words.slice(0, phraseCharsMax).replace(/\S+$/, '');
  return `"${words.length > phraseCharsMax ? short : words}"`;
}

function folded(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}

function nothingIfUnknown(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'notFound') return undefined;
  throw error;
}
