import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Datasource = { type: string; uid: string };
export type Place = { x: number; y: number; w: number; h: number };
export type Panel = {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: Place;
  datasource?: Datasource;
  fieldConfig?: { defaults: { unit?: string } };
  targets?: { refId: string; expr: string }[];
};
export type Board = {
  file: string;
  uid: string;
  title: string;
  schemaVersion: number;
  tags: string[];
  links: { title: string; url?: string }[];
  annotations: { list: { name: string; datasource: Datasource; expr: string }[] };
  templating: { list: { name: string; datasource: Datasource; query: { query: string } }[] };
  panels: Panel[];
};
/** Something that a dashboard asks, and where in it that stands. */
export type Question = { where: string; datasource: string; expr: string };

const folder = join(import.meta.dirname, 'dashboards');

/** The dashboards that are shipped, as they are. */
export function readBoards(): Board[] {
  return readdirSync(folder).map((file) => ({
    file,
    ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Omit<Board, 'file'>),
  }));
}

/** Whatever a dashboard asks of a datasource: its panels, annotations and variables. */
export function questionsOf({ file, panels, annotations, templating }: Board): Question[] {
  const panelQuestions = panels.flatMap(({ title, datasource, targets = [] }) =>
    targets.map(({ expr }) => ({ where: title, datasource: datasource?.uid ?? '', expr })),
  );
  const notes = annotations.list.map(({ name, datasource, expr }) => ({
    where: `annotation ${name}`,
    datasource: datasource.uid,
    expr,
  }));
  const variables = templating.list.map(({ name, datasource, query }) => ({
    where: `variable ${name}`,
    datasource: datasource.uid,
    expr: query.query,
  }));
  return [...panelQuestions, ...notes, ...variables].map(({ where, datasource, expr }) => ({
    where: `${file}, ${where}`,
    datasource,
    expr,
  }));
}

const valueOf: Record<string, string> = {
  __rate_interval: '5m',
  __range: '1h',
  __auto: '1m',
};

/** A question as Grafana would ask it: with a value for each variable. */
export function filledIn(expr: string): string {
  return expr.replaceAll(/\$(\w+)/g, (_variable, name: string) => valueOf[name] ?? '.+');
}

/** What a question of a variable looks at: `label_values(SELECTOR, LABEL)` is no PromQL. */
export function selectorOf(expr: string): string {
  return /^label_values\((.+), \w+\)$/.exec(expr)?.[1] ?? expr;
}
