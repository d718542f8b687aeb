/** Long enough to sort titles, and short enough for a cursor whatever the characters are. */
const sortCharsMax = 50;

/** One text for all ways to write a topic: with other case, widths or blanks around it. */
export function topicKey(topic: string): string {
  return topic.normalize('NFKC').trim().toLowerCase();
}

/** What titles are sorted by. */
export function titleKey(title: string): string {
  return Array.from(topicKey(title)).slice(0, sortCharsMax).join('');
}

export type SearchText = {
  /** All of it, for PostgreSQL's web search syntax, which takes any text. */
  whole: string;
  /** What stands before the last word. */
  head: string;
  /** The last word, perhaps still being typed: letters, marks and digits only. */
  beginning: string | null;
};

/** Splits off the word that somebody may still be typing; an excluded word (`-word`) is not one. */
export function searchText(q: string): SearchText {
  const whole = q.trim();
  const beginning = /[\p{L}\p{M}\p{N}]+$/u.exec(whole)?.[0];
  if (beginning === undefined) return { whole, head: whole, beginning: null };
  const head = whole.slice(0, -beginning.length);
  if (/(^|\s)-$/.test(head)) return { whole, head: whole, beginning: null };
  return { whole, head, beginning };
}
