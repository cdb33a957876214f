import { BOOLEAN, listOf, NUMBER, objectOf, STRING, TIME, UNKNOWN, wholeObject } from '../../base/type.ts';
import { size, text, whole } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { postParameters, postSettings } from '../http/post-options.ts';
import { PostServer } from '../http/post-server.ts';
import { Exports, statusOf } from '../otlp/exports.ts';
import type { Signal } from '../otlp/records.ts';
import { countedJson } from '../sockets/counted.ts';

/** The fields of records: those that all have, and those by what they are of. */
const COMMON = {
  ...{ signal: STRING, time: TIME, service: STRING },
  ...{ attributes: objectOf([]), resource: objectOf([]), scope: STRING },
};
const OF_A_SPAN = { trace_id: STRING, span_id: STRING };
const LOG = { severity: STRING, severity_number: NUMBER, body: UNKNOWN, ...OF_A_SPAN, event: STRING };
const SPAN = {
  ...{ name: STRING, duration: NUMBER, kind: STRING, status: STRING, message: STRING, ...OF_A_SPAN },
  ...{ parent_span_id: STRING, events: listOf(objectOf([])), links: listOf(objectOf([])) },
};
const METRIC = {
  ...{ name: STRING, value: NUMBER, unit: STRING, type: STRING, start: TIME, temporality: STRING, monotonic: BOOLEAN },
  ...{ count: NUMBER, sum: NUMBER, min: NUMBER, max: NUMBER, bounds: listOf(NUMBER), counts: listOf(NUMBER) },
  ...{ quantiles: listOf(objectOf([])), scale: NUMBER, zero_count: NUMBER },
  ...{ positive: objectOf([]), negative: objectOf([]) },
};

/** What records are, by what is taken. */
const RECORDS = {
  logs: wholeObject({ ...COMMON, ...LOG }),
  traces: wholeObject({ ...COMMON, ...SPAN }),
  metrics: wholeObject({ ...COMMON, ...METRIC }),
  all: wholeObject({ ...COMMON, ...LOG, ...SPAN, ...METRIC }),
};

export const otlp = defineSource({
  name: 'otlp',
  summary: 'A server for OpenTelemetry: the logs, spans and metrics that exporters send',
  synonyms: [
    'opentelemetry',
    'otel',
    'telemetry',
    'traces',
    'tracing',
    'spans',
    'metrics',
    'jaeger',
    'zipkin',
    'collector',
  ],
  docs: [
    'Takes what exporters and collectors send by OTLP over HTTP, as protobuf or JSON, also packed by gzip: `OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318` makes most programs send here. gRPC is not spoken: `OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`.',
    'Each log record, each span and each point of a metric is a record. All have `signal` (`"log"`, `"span"`, `"metric"`), `time` (ms; of a span its start), `service`, `attributes`, `resource` (objects) and `scope`. A log has `severity severity_number body trace_id span_id`; a span `name duration` (ms) `kind status message trace_id span_id parent_span_id events links`; a metric `name value unit type start`, with `temporality monotonic` of sums, and `count sum min max bounds counts` of histograms, `quantiles` of summaries, `scale zero_count positive negative` of exponential histograms instead of a `value`.',
    'With `signal:` only logs, traces or metrics are taken. An exporter is answered 200 when all it sent was taken, with `--checkpoint` when it is safe from a power cut; records longer than `maxRecord` are rejected (partial success), and bad. What cannot be taken now is answered by 429, at the end of a run by 503, with `Retry-After`, and exporters send it again: what was under way when leat was killed may be there twice.',
    'Only this machine can send unless `host` says otherwise (`host: "0.0.0.0"`: anyone). With a `token` exporters say `OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20TOKEN`. With `--once` it serves one connection and ends with it.',
  ].join(' '),
  examples: [
    {
      program:
        'otlp(4318, signal: "traces") | groupBy(.service, .name, {n: count(), p99: p99(.duration)}) | window(1m)',
      notRun: 'it waits for exporters',
      out: 'shop\tGET /cart\t1\t12.5',
    },
    {
      program: 'otlp(4318, signal: "logs") | filter(.severity_number >= 17) | append("errors.jsonl")',
      notRun: 'it waits for exporters',
      out: '',
    },
  ],
  parameters: {
    port: whole('the port, 4318 as a rule; 0 takes a free one', { most: 65_535, apart: true }),
    signal: text('what is taken; all of it unless given', {
      named: true,
      choices: ['logs', 'traces', 'metrics'],
    }).optional(),
    ...postParameters,
    maxRecord: size('the most bytes of a record, as JSON; a longer one is bad', { named: true }).or(1024 * 1024),
  },
  gives: ({ signal }) => RECORDS[(signal as Signal | undefined) ?? 'all'],
  origins: 'client',
  behaviour: () => ({
    kind: 'live',
    replayable: false,
    received: true,
    open({ port, signal, maxRecord, ...args }, context) {
      const { maxBody } = args;
      const framer = countedJson(maxRecord, context);
      const exports = new Exports({ context, framer, signal: signal as Signal | undefined, maxBody, maxRecord });
      return {
        framer,
        run: () =>
          new PostServer({
            context,
            port,
            ...postSettings(args),
            has: exports.has,
            called: ' for OpenTelemetry',
            example: (url) => `OTEL_EXPORTER_OTLP_ENDPOINT=${url}`,
            insteadOf2: 'OTLP over gRPC is not, and exporters change with OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
            begin: exports.begin,
            take: exports.take,
            refusal: statusOf,
          }).run(),
      };
    },
  }),
});
