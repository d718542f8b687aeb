import { Type, type TSchema } from 'typebox';

const strict = (properties: Record<string, TSchema>) =>
  Type.Object(properties, { additionalProperties: false });
const texts = Type.Record(Type.String(), Type.String());
const duration = Type.String({ pattern: '^[0-9]+(ms|s|m|h|d)$' });
const name = Type.String({ minLength: 1 });

const metadata = strict({ name, namespace: name, labels: Type.Optional(texts) });

const selector = strict({
  matchLabels: Type.Optional(texts),
  matchExpressions: Type.Optional(
    Type.Array(
      strict({
        key: name,
        operator: Type.Enum(['In', 'NotIn', 'Exists', 'DoesNotExist'] as const),
        values: Type.Optional(Type.Array(name)),
      }),
    ),
  ),
});

const serviceMonitor = strict({
  jobLabel: name,
  namespaceSelector: strict({ matchNames: Type.Array(name) }),
  selector,
  endpoints: Type.Array(
    strict({
      port: name,
      // Metrics of ours have a label `service`, and so has the Operator.
      honorLabels: Type.Literal(true),
      path: Type.Optional(name),
      interval: duration,
      scrapeTimeout: Type.Optional(duration),
    }),
    { minItems: 1 },
  ),
});

const rule = Type.Union([
  strict({ record: name, expr: name, labels: Type.Optional(texts) }),
  strict({
    alert: name,
    expr: name,
    for: Type.Optional(duration),
    keep_firing_for: Type.Optional(duration),
    labels: texts,
    annotations: texts,
  }),
]);

const prometheusRule = strict({
  groups: Type.Array(
    strict({ name, interval: Type.Optional(duration), rules: Type.Array(rule, { minItems: 1 }) }),
    { minItems: 1 },
  ),
});

/** Of the Prometheus Operator there are no models here: this is as much of its kinds as we use. */
export const customKinds: Readonly<Record<string, TSchema>> = Object.fromEntries(
  Object.entries({ ServiceMonitor: serviceMonitor, PrometheusRule: prometheusRule }).map(
    ([kind, spec]) => [
      `monitoring.coreos.com/v1 ${kind}`,
      strict({ apiVersion: name, kind: name, metadata, spec }),
    ],
  ),
);
