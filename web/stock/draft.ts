import type { Product } from './product.ts';
import { centsOf, priceText } from './price.ts';

/** A product as a form holds it. */
export type Draft = { title: string; topic: string; description: string; price: string };

export type Field = keyof Draft;
export const fields: readonly Field[] = ['title', 'price', 'topic', 'description'];
export const fieldNames: Record<Field, string> = {
  title: 'Title',
  price: 'Price',
  topic: 'Topic',
  description: 'Description',
};

export const emptyDraft: Draft = { title: '', topic: '', description: '', price: '' };

export function draftOf({ title, topic, description, unitPriceCents }: Product): Draft {
  return { title, topic, description, price: priceText(unitPriceCents) };
}

export type Mistakes = Partial<Record<Field, string>>;

export function mistakesIn({ title, topic, price }: Draft): Mistakes {
  return {
    ...(title.trim() === '' && { title: 'Say what it is called' }),
    ...(topic.trim() === '' && { topic: 'Say which topic it belongs to' }),
    ...(centsOf(price) === undefined && { price: 'An amount such as 12.50' }),
  };
}

/** Which fields are no longer as they were read; 5 and 5.00 are one price. */
export function changedFields(read: Draft, draft: Draft): Field[] {
  return fields.filter((field) =>
    field === 'price'
      ? centsOf(read.price) !== centsOf(draft.price)
      : read[field].trim() !== draft[field].trim(),
  );
}

/** These fields, as the contract has them. */
export function inputOf(draft: Draft, chosen: readonly Field[]) {
  return {
    ...(chosen.includes('title') && { title: draft.title.trim() }),
    ...(chosen.includes('topic') && { topic: draft.topic.trim() }),
    ...(chosen.includes('description') && { description: draft.description.trim() }),
    ...(chosen.includes('price') && { unitPriceCents: centsOf(draft.price) ?? 0 }),
  };
}

/** A stale edit: what was to be changed, and what else somebody has changed meanwhile. */
export function clashOf(read: Draft, mine: Draft, theirs: Draft) {
  const wanted = changedFields(read, mine);
  return {
    both: wanted.filter((field) => changedFields(mine, theirs).includes(field)),
    theirsOnly: changedFields(read, theirs).filter((field) => !wanted.includes(field)),
  };
}
