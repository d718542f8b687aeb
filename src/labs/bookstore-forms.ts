import type { Product } from '../catalog/api.ts';
import type { AppError } from '../platform/errors.ts';
import type { Form } from './bookstore-api.ts';

/** The key under which the system answered reads, also where there was nothing to show. */
export const readKey = 'result -from origin';
export const changeKey = 'result';

/** Only what has an item number is a book; the shop may sell other things too. */
export function isBook({ id }: Pick<Product, 'id'>): boolean {
  return /^[1-9][0-9]{0,8}$/.test(id);
}

export function searchReply(products: readonly Product[], form: Form = 'origin'): object {
  const books = products
    .map(({ id, title }) => ({ number: Number(id), title }))
    .toSorted((a, b) => a.number - b.number);
  if (form === 'list') return books.map(({ number, title }) => ({ id: number, title }));
  if (form === 'items') {
    return { items: Object.fromEntries(books.map(({ number, title }) => [title, number])) };
  }
  return { [readKey]: books.map(({ number, title }) => ({ 'item number': number, title })) };
}

export function infoReply(product: Product, form: Form = 'origin'): object {
  const { id, title, topic, unitPriceCents, available } = product;
  const price = unitPriceCents / 100;
  if (form !== 'origin') return { title, quantity: available, price };
  return {
    [readKey]: { 'item number': Number(id), title, topic, price, 'left in stock': available },
  };
}

/** `59.9` is 5990; digits are moved instead of multiplied, so nothing is rounded. */
export function centsOf(price: string): number {
  const [whole = '', part = ''] = price.split('.');
  return Number(whole + part.padEnd(2, '0'));
}

const meant: Readonly<Record<string, string>> = {
  '/id': 'the item number must be a whole number, 1 or more',
  '/topic': 'the topic must not be blank',
  '/delta': 'the change must be a whole number such as 5 or -1',
  '/price': 'the price must be a number such as 50 or 59.99',
};

/** What is wrong, for people: a pattern says nothing to them. */
export function inPlainWords({ errors, message }: AppError): string {
  const [{ pointer, detail } = { pointer: '', detail: '' }] = errors ?? [];
  const isPattern = detail.startsWith('must match pattern');
  return (isPattern && meant[pointer]) || message.replace(/^\//, '');
}
