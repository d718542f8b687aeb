export type XmlToken =
  | { kind: 'open'; name: string; attributes: Record<string, string>; line: number }
  | { kind: 'close'; name: string }
  | { kind: 'text'; text: string };

const tagCharsMax = 64 * 1024;
const textCharsMax = 1_024;
const attributesMax = 64;
/** What begins like this holds no elements, and is passed over until it ends like that. */
const skipped = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
] as const;
const openingCharsMax = 9;

/**
 * Cuts XML into tags and texts as it comes, in time that grows with its length only. Entities are
 * left as they are, so none can explode, and what is not XML is passed over up to the next `<`.
 */
export function createXmlTokens() {
  let held = '';
  let line = 1;
  let skipTo: string | undefined;

  function drop(chars: number): void {
    const dropped = held.slice(0, chars);
    for (let i = dropped.indexOf('\n'); i !== -1; i = dropped.indexOf('\n', i + 1)) line += 1;
    held = held.slice(chars);
  }

  /** Whether there may be more in what is held. */
  function passOver(ending: string): boolean {
    const end = held.indexOf(ending);
    drop(end === -1 ? Math.max(0, held.length - ending.length + 1) : end + ending.length);
    if (end !== -1) skipTo = undefined;
    return end !== -1;
  }

  function* text(): Generator<XmlToken> {
    const end = held.indexOf('<');
    const chars = end === -1 ? held.length : end;
    if (chars > 0) yield { kind: 'text', text: held.slice(0, Math.min(chars, textCharsMax)) };
    drop(chars);
  }

  function* tag(): Generator<XmlToken, boolean> {
    const end = endOfTag(held);
    if (end === undefined) {
      // A tag without an end is no tag; the rest of it is passed over as text.
      if (held.length > tagCharsMax) drop(held.length);
      return false;
    }
    const isWhole = held[end] === '>';
    if (isWhole) yield* tokensOf(held.slice(1, end), line);
    drop(isWhole ? end + 1 : end);
    return true;
  }

  function* next(): Generator<XmlToken, boolean> {
    if (skipTo !== undefined) return passOver(skipTo);
    yield* text();
    const opening = skipped.find(([begin]) => held.startsWith(begin));
    skipTo = opening?.[1];
    if (opening) {
      drop(opening[0].length);
      return true;
    }
    const isUndecided = skipped.some(([begin]) => begin.startsWith(held));
    return held.length < openingCharsMax && isUndecided ? false : yield* tag();
  }

  return function* take(chunk: string): Generator<XmlToken> {
    held += chunk;
    let isMore = held !== '';
    while (isMore) isMore = (yield* next()) && held !== '';
  };
}

/** Where the `>` is that ends a tag, or a `<`, which no tag has inside. */
function endOfTag(text: string): number | undefined {
  let quote = '';
  for (let i = 1; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (char === '<' || (char === '>' && quote === '')) return i;
    if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
  }
  return undefined;
}

/** An element that is empty is opened and closed. */
function* tokensOf(inner: string, line: number): Generator<XmlToken> {
  const [, slash, prefixed] = /^(\/?)([a-zA-Z_][\w.:-]*)/.exec(inner) ?? [];
  if (prefixed === undefined) return;
  const name = localName(prefixed);
  if (!slash) yield { kind: 'open', name, attributes: attributesOf(inner), line };
  if (slash || inner.endsWith('/')) yield { kind: 'close', name };
}

function attributesOf(inner: string): Record<string, string> {
  const found = inner.matchAll(
    /\s([a-zA-Z_][\w.:-]{0,100})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)')/g,
  );
  const pairs = found
    .take(attributesMax)
    .map(([, name = '', double, single = '']) => [localName(name), double ?? single]);
  return Object.fromEntries(pairs);
}

/** Whatever prefix a file has chosen. */
function localName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}
