import type { SyntaxNodeRef } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** A metric that a query asks for, with the labels by which it picks. */
export type Asked = { metric: string; labels: string[] };
export type Query = {
  /** Where it cannot be understood. */
  broken: string[];
  asked: Asked[];
  /** Labels by which it groups. */
  grouping: string[];
};

/** What a query of PromQL asks for. */
export function readQuery(text: string): Query {
  const query: Query = { broken: [], asked: [], grouping: [] };
  const visit = (node: SyntaxNodeRef): void => {
    const said = text.slice(node.from, node.to);
    if (node.type.isError) query.broken.push(`at ${node.from}: ${text}`);
    if (node.name === 'VectorSelector') query.asked.push({ metric: '', labels: [] });
    const selector = query.asked.at(-1);
    if (node.name === 'Identifier' && selector?.metric === '') selector.metric = said;
    if (node.name !== 'LabelName') return;
    const isGrouping = node.node.parent?.name === 'GroupingLabels';
    if (isGrouping) query.grouping.push(said);
    else selector?.labels.push(said);
  };
  parser.parse(text).iterate({ enter: visit });
  return query;
}
