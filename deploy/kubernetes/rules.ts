// Writes the rules of deploy/prometheus/rules as one object of the Prometheus Operator. kustomize takes
// no file from outside of a component's folder, so there is a copy; a test says when it is stale.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const source = join(import.meta.dirname, '..', 'prometheus', 'rules');
export const rulesPath = join(import.meta.dirname, 'components', 'monitoring', 'rules.yaml');

const head = `# Made of deploy/prometheus/rules by \`node deploy/kubernetes/rules.ts\`: change those.\n`;

export async function rulesText(): Promise<string> {
  const names = (await readdir(source)).filter((name) => name.endsWith('.yaml')).toSorted();
  const files = await Promise.all(names.map((name) => readFile(join(source, name), 'utf8')));
  const groups = files.flatMap((text) => (parse(text) as { groups: object[] }).groups);
  const rules = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: 'bazar',
      namespace: 'bazar',
      labels: { 'app.kubernetes.io/part-of': 'bazar' },
    },
    spec: { groups },
  };
  return head + stringify(rules, { lineWidth: 0, singleQuote: true });
}

if (import.meta.main) await writeFile(rulesPath, await rulesText());
