import type { Line } from '../platform/lines.ts';
import { AppError } from '../platform/errors.ts';
import { canBeTrack, createRowReader, type Row } from './sample.ts';

type Numbered = { text: string; line: number };
type CsvRecord = Numbered & { fields: string[] };
type Broken = { line: number; problem: string };

/** Quotes that are opened and never closed must not take the rest of the file with them. */
const recordLinesMax = 20;
const recordCharsMax = 64 * 1024;

/** Reads a track from the lines of a CSV file, and never holds more than one row of it. */
export async function* readCsv(lines: AsyncIterable<Line>): AsyncGenerator<Row> {
  const rowOf = createRowReader();
  let names: string[] | undefined;
  for await (const record of recordsOf(lines)) {
    if (!names) names = readHeader(record);
    else if ('problem' in record) yield record;
    else if (record.fields.length !== names.length) {
      const problem = `has ${record.fields.length} columns, and the header ${names.length}`;
      yield { line: record.line, problem };
    } else {
      const { fields, line } = record;
      yield rowOf(Object.fromEntries(names.map((name, i) => [name, fields[i] ?? ''])), line);
    }
  }
  if (!names) throw noHeader();
}

/** One line of CSV; null is an empty field. */
export function csvLine(fields: readonly (string | number | null)[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

function csvField(field: string | number | null): string {
  const text = String(field ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function readHeader(record: CsvRecord | Broken): string[] {
  if ('problem' in record) throw noHeader();
  const names = record.fields.map((name) => name.trim().toLowerCase());
  if (!canBeTrack(names)) throw noHeader();
  return names;
}

function noHeader(): AppError {
  return new AppError('malformed', 'It has no header with timestamp, latitude and longitude');
}

/** A record is one line, or more where a line feed is quoted. */
async function* recordsOf(lines: AsyncIterable<Line>): AsyncGenerator<CsvRecord | Broken> {
  let held: Numbered[] = [];
  let line = 0;
  for await (const { text, isCut } of lines) {
    line += 1;
    const plain = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (isCut) yield { line, problem: 'is longer than 64 KiB' };
    else held = yield* joined([...held, { text: plain, line }]);
  }
  if (held[0]) yield neverClosed(held[0]);
}

/** The records that these lines make; the answer is the lines that are not a whole record yet. */
function* joined(held: Numbered[]): Generator<CsvRecord | Broken, Numbered[]> {
  const [first, ...others] = held;
  if (!first) return [];
  const text = held.map((one) => one.text).join('\n');
  const fields = fieldsOf(text);
  if (fields) {
    if (text.trim() !== '') yield { text, line: first.line, fields };
    return [];
  }
  if (held.length < recordLinesMax && text.length < recordCharsMax) return held;
  yield neverClosed(first);
  let rest: Numbered[] = [];
  for (const one of others) rest = yield* joined([...rest, one]);
  return rest;
}

function neverClosed({ line }: Numbered): Broken {
  return {
    line,
    problem: 'has a quote that is never closed',
  };
}

/** Nothing, if a quoted field does not end. */
function fieldsOf(text: string): string[] | undefined {
  const fields: string[] = [];
  let start = 0;
  while (start <= text.length) {
    const end = text[start] === '"' ? endOfQuoted(text, start) : endOfPlain(text, start);
    if (end === undefined) return undefined;
    fields.push(unquoted(text.slice(start, end)));
    start = end + 1;
  }
  return fields;
}

function endOfPlain(text: string, from: number): number {
  const comma = text.indexOf(',', from);
  return comma === -1 ? text.length : comma;
}

function endOfQuoted(text: string, start: number): number | undefined {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote === -1 ? undefined : endOfPlain(text, quote + 1);
}

function unquoted(field: string): string {
  const [, inner] = /^"(.*)"\s*$/s.exec(field) ?? [];
  return inner === undefined ? field : inner.replaceAll('""', '"');
}
