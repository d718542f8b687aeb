import { Type } from 'typebox';

/** What OpenTelemetry takes, if nothing is said. */
const triesMsMax = 10_000;

const address = (description: string) =>
  // A password in it would be shown; headers are the place for that.
  Type.Optional(Type.String({ pattern: '^https?://[^\\s@]+$', description }));
const headers = (description: string) =>
  Type.Optional(Type.String({ minLength: 3, description, secret: true }));
const protocol = (description: string) =>
  Type.Optional(Type.Enum(['http/json'] as const, { description }));
const timeout = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: triesMsMax, description }));

/** Where traces go: the settings that OpenTelemetry has for it, under its names. */
export const traceSettings = {
  otelExporterOtlpEndpoint: address(
    'Base address of an OpenTelemetry collector (OTLP/HTTP), such as `http://jaeger:4318`. No traces ' +
      'are recorded, if neither this nor the next is said.',
  ),
  otelExporterOtlpTracesEndpoint: address('The whole address for traces, used as it is.'),
  otelExporterOtlpHeaders: headers('Headers for the collector: `name=value`, with commas between.'),
  otelExporterOtlpTracesHeaders: headers('More of them, for traces only.'),
  otelExporterOtlpProtocol: protocol('How to speak to the collector; only `http/json` is spoken.'),
  otelExporterOtlpTracesProtocol: protocol('The same for traces only.'),
  otelExporterOtlpCompression: Type.Enum(['none', 'gzip'] as const, {
    default: 'none',
    description: 'Whether to compress what goes to the collector.',
  }),
  otelExporterOtlpTimeout: Type.Integer({
    minimum: 1,
    maximum: triesMsMax,
    default: 2_000,
    description:
      'For how many milliseconds to try to hand over spans; the end of a process may wait as long.',
  }),
  otelExporterOtlpTracesTimeout: timeout('The same for traces only.'),
  otelTracesExporter: Type.Enum(['otlp', 'none'] as const, {
    default: 'otlp',
    description: '`none`: record no traces, whatever else is said.',
  }),
  otelSdkDisabled: Type.Boolean({ default: false, description: '`true`: the same.' }),
  otelTracesSampler: Type.Enum(
    [
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ] as const,
    {
      default: 'parentbased_always_on',
      description: 'Which traces to record; with `parentbased_` whoever calls has the first word.',
    },
  ),
  otelTracesSamplerArg: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 1,
    description: 'The share of traces for `traceidratio`: 0.01 is one of a hundred.',
  }),
  otelServiceName: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'What this process is called in traces. If not said: `bazar-` and its target.',
    }),
  ),
  otelResourceAttributes: Type.Optional(
    Type.String({
      minLength: 3,
      description:
        'What else is said of this process in traces: `name=value`, with commas between.',
    }),
  ),
  otelBspMaxQueueSize: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    default: 2_048,
    description: 'Spans that may wait for the collector; more are dropped, and counted.',
  }),
  otelBspScheduleDelay: Type.Integer({
    minimum: 1,
    maximum: 60_000,
    default: 5_000,
    description: 'After how many milliseconds spans go to the collector, if they are few.',
  }),
};
