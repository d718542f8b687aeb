import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const rulesFolder = join(import.meta.dirname, 'rules');
export const testsFolder = join(import.meta.dirname, 'tests');

export type Rule = {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
};
export type RuleFile = { groups: { name: string; rules: Rule[] }[] };

/** What a test of rules says: what is told, and what comes of it when. */
export type RuleTest = {
  name: string;
  input_series: { series: string; values: string }[];
  alert_rule_test?: { eval_time: string; alertname: string; exp_alerts: unknown[] }[];
  promql_expr_test?: { expr: string; exp_samples: unknown[] }[];
};
type TestFile = { rule_files: string[]; tests: RuleTest[] };

export const ruleFiles = filesOf<RuleFile>(rulesFolder);
export const testFiles = filesOf<TestFile>(testsFolder);

export const rules = [...ruleFiles.values()].flatMap(({ groups }) =>
  groups.flatMap((group) => group.rules),
);
export const alerts = rules.flatMap((rule) => (rule.alert ? [{ ...rule, alert: rule.alert }] : []));
export const ruleTests = [...testFiles.values()].flatMap(({ tests }) => tests);

/** Every file of a folder, by its name. */
function filesOf<T>(folder: string): Map<string, T> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return new Map(names.map((name) => [name, readYaml(join(folder, name)) as T]));
}

export function readYaml(path: string): unknown {
  return parse(readFileSync(path, 'utf8'));
}
