import { asyncApiDocument } from './asyncapi.ts';
import { openApiDocument } from './gateway/gateway.ts';
import { screaming } from './platform/names.ts';
import { refusals } from './platform/errors.ts';
import { sampleTrackCsv } from './replay/sample-track.ts';
import { settingSchemas } from './settings.ts';
import { readVersion } from './version.ts';

type Generated = { path: string; write: (before: string) => string };

const json = (document: object): string => `${JSON.stringify(document, undefined, 2)}\n`;

/** The files, or the marked parts of files, that follow from code. */
export function generatedDocs(): Generated[] {
  return [
    {
      path: 'docs/openapi.json',
      write: () => json(openApiDocument(readVersion())),
    },
    { path: 'docs/asyncapi.json', write: () => json(asyncApiDocument(readVersion())) },
    { path: 'data/sample-track.csv', write: sampleTrackCsv },
    { path: 'README.md', write: (before) => fillPart(before, 'settings', settingsTable()) },
    { path: 'docs/problems.md', write: (before) => fillPart(before, 'problems', problemsTable()) },
  ];
}

/** Puts a text between `<!-- NAME -->` and `<!-- /NAME -->`. */
export function fillPart(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest = ''] = document.split(begin);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error(`There are no marks for ${name}`);
  return `${before}${begin}\n\n${text}\n\n${end}${after}`;
}

function settingsTable(): string {
  const rows = settingSchemas.map(([name, { default: fallback, description, secret }]) => {
    const variable = screaming(name);
    const given = secret ? `\`${variable}\`, \`${variable}_FILE\`` : `\`${variable}\``;
    const ends = fallback === undefined ? '' : `\`${String(fallback)}\``;
    return `| ${given} | ${ends} | ${description} |`;
  });
  return ['| Setting | Default | What it is |', '|---|---|---|', ...rows].join('\n');
}

function problemsTable(): string {
  const rows = Object.entries(refusals).map(
    ([code, [status, advice]]) => `| \`${code}\` | ${status} | ${advice} |`,
  );
  return ['| `code` | Status | What to make of it |', '|---|---|---|', ...rows].join('\n');
}
