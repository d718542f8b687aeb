/** The metrics that something tells, each with the labels that were seen. */
export type Lexicon = Map<string, Set<string>>;

const samplePattern = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+/;
const typePattern = /^# TYPE (\S+) (\w+)$/;
const labelPattern = /(\w+)="(?:[^"\\]|\\.)*"/g;

/** Reads answers of `/metrics`; what was only announced is there without labels. */
export function readLexicon(texts: readonly string[]): Lexicon {
  const lexicon: Lexicon = new Map();
  for (const line of texts.flatMap((text) => text.split('\n'))) noteLine(lexicon, line);
  return lexicon;
}

function noteLine(lexicon: Lexicon, line: string): void {
  const [, announced, kind] = typePattern.exec(line) ?? [];
  // Of a histogram only its three series can be asked for.
  if (announced && kind !== 'histogram') labelsIn(lexicon, announced);
  const [, name, labels = ''] = samplePattern.exec(line) ?? [];
  if (!name) return;
  const known = labelsIn(lexicon, name);
  for (const [, label = ''] of labels.matchAll(labelPattern)) known.add(label);
}

function labelsIn(lexicon: Lexicon, name: string): Set<string> {
  const known = lexicon.get(name) ?? new Set();
  lexicon.set(name, known);
  return known;
}
