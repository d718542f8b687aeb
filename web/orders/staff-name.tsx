import { useEffect } from 'preact/hooks';
import { names } from './staff-names.ts';

/** Somebody by name; until that is known, by the beginning of the id. */
export function PersonName({ id }: { id: string }) {
  useEffect(() => names.want(id), [id]);
  const person = names.of(id);
  return person ? <span>{person.username}</span> : <span class="mono muted">{id.slice(0, 8)}</span>;
}
