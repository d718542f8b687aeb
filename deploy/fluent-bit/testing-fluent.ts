import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

type Values = Record<string, unknown>;
export type Plugin = Values & { name: string };
export type Config = {
  includes?: string[];
  service?: Values;
  parsers?: (Values & { name: string; time_key: string; time_format: string })[];
  multiline_parsers?: (Values & { name: string; rules: { state: string; regex: string }[] })[];
  pipeline: { inputs?: Plugin[]; filters?: Plugin[]; outputs?: Plugin[] };
};
export type Entry = { time: number; values: Values };

export function readFluent(file: string): Config {
  return parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as Config;
}

/** What Fluent Bit makes of lines in Docker's files, as far as its documentation says how. */
export function runThrough(config: Config, lines: readonly string[]): Entry[] {
  const filters = config.pipeline.filters ?? [];
  let entries = joinDocker(lines);
  for (const filter of filters) entries = filterWith(config, filter, entries);
  return entries;
}

/** `multiline.parser: docker` of the input: a line is whole when its text ends with a line feed. */
function joinDocker(lines: readonly string[]): Entry[] {
  const entries: Entry[] = [];
  let isOpen = false;
  for (const line of lines) {
    const values = JSON.parse(line) as Values & { log: string; time: string };
    const last = entries.at(-1);
    if (isOpen && last) last.values['log'] = `${textOf(last, 'log')}${values.log}`;
    else entries.push({ time: Date.parse(values.time), values });
    isOpen = !values.log.endsWith('\n');
  }
  return entries;
}

function filterWith(config: Config, filter: Plugin, entries: Entry[]): Entry[] {
  switch (filter.name) {
    case 'multiline':
      return joinIndented(config, entries);
    case 'grep':
      return entries.filter((entry) => isPicked(filter, entry));
    case 'nest':
      return entries.map((entry) => lift(filter, entry));
    case 'modify':
      return entries.map((entry) => modify(filter, entry));
    case 'parser':
      return entries.map((entry) => parseLine(config, filter, entry));
    default:
      throw new Error(`No equivalent of ${filter.name}`);
  }
}

function joinIndented({ multiline_parsers: parsers = [] }: Config, entries: Entry[]): Entry[] {
  const [start, next] = parsers[0]?.rules ?? [];
  const pattern = (regex = '') => new RegExp(regex.slice(1, -1));
  const joined: Entry[] = [];
  for (const entry of entries) {
    const text = textOf(entry, 'log');
    const last = joined.at(-1);
    if (last && !pattern(start?.regex).test(text) && pattern(next?.regex).test(text)) {
      last.values['log'] = `${textOf(last, 'log')}${text}`;
    } else joined.push(entry);
  }
  return joined;
}

/** `$map['key'] pattern` */
function isPicked({ regex }: Plugin, { values }: Entry): boolean {
  const [, map = '', key = '', pattern = ''] = /^\$(\w+)\['(.+)'\] (.+)$/.exec(String(regex)) ?? [];
  const value = (values[map] as Values | undefined)?.[key];
  return typeof value === 'string' && new RegExp(pattern).test(value);
}

function lift({ nested_under: map }: Plugin, { time, values }: Entry): Entry {
  const { [String(map)]: nested, ...rest } = values;
  return { time, values: { ...rest, ...(nested as Values) } };
}

function modify(filter: Plugin, { time, values }: Entry): Entry {
  const changed = { ...values };
  const put = (key: string, value: unknown): void => {
    if (value !== undefined && !(key in changed)) changed[key] = value;
  };
  for (const [rule, given] of Object.entries(filter)) {
    for (const text of [given].flat()) {
      const [key = '', other = ''] = String(text).split(' ');
      if (rule === 'rename' || rule === 'copy') put(other, changed[key]);
      if (rule === 'rename' || rule === 'remove') delete changed[key];
      if (rule === 'add') put(key, other);
    }
  }
  return { time, values: changed };
}

function parseLine({ parsers = [] }: Config, filter: Plugin, entry: Entry): Entry {
  const { key_name: key } = filter;
  const parser = parsers.find(({ name }) => name === filter['parser']);
  if (!parser) throw new Error(`No parser ${String(filter['parser'])}`);
  try {
    const parsed = JSON.parse(textOf(entry, String(key))) as Values;
    const { [String(key)]: _log, ...rest } = entry.values;
    const time = timeOf(String(parsed[parser.time_key]), parser.time_format);
    return { time: time ?? entry.time, values: { ...rest, ...parsed } };
  } catch {
    return entry;
  }
}

const partPatterns: Record<string, string> = {
  '%Y': String.raw`(?<year>\d{4})`,
  '%m': String.raw`(?<month>\d\d)`,
  '%d': String.raw`(?<day>\d\d)`,
  '%H': String.raw`(?<hour>\d\d)`,
  '%M': String.raw`(?<minute>\d\d)`,
  '%S': String.raw`(?<second>\d\d)`,
  '%L': String.raw`(?<fraction>\d+)`,
  '%z': String.raw`(?:Z|\+00:?00)`,
};

/** A time in UTC; what comes after the seconds may be missing, where the format is not strict. */
function timeOf(text: string, format: string): number | undefined {
  const [seconds = '', rest = ''] = format.replace('.%L', '%L').split('%L');
  const pattern = (part: string) => part.replaceAll(/%\w/g, (name) => partPatterns[name] ?? name);
  const whole = new RegExp(`^${pattern(seconds)}(?:\\.${partPatterns['%L']}${pattern(rest)}$)?`);
  const parts = whole.exec(text)?.groups;
  if (!parts) return undefined;
  const { year, month, day, hour, minute, second, fraction = '0' } = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}Z`);
}

/** What an output makes stream labels of: `service=$service, level=$level`. */
export function labelsOf({ labels }: Plugin, { values }: Entry): Values {
  const pairs = [...String(labels).matchAll(/(\w+)=\$(\w+)/g)];
  return Object.fromEntries(pairs.map(([, label = '', key = '']) => [label, values[key]]));
}

function textOf({ values }: Entry, key: string): string {
  return String(values[key]);
}
