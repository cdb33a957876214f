/** The messages of OTLP 1 (https://github.com/open-telemetry/opentelemetry-proto), with the names that their fields have in JSON. */
import type { Message } from './protobuf.ts';

const VALUE: Message = {
  1: ['stringValue', 'text'],
  2: ['boolValue', 'bool'],
  3: ['intValue', 'long'],
  4: ['doubleValue', 'double'],
  5: ['arrayValue', { message: () => VALUES }],
  6: ['kvlistValue', { message: () => PAIRS }],
  7: ['bytesValue', 'base64'],
};
const VALUES: Message = { 1: ['values', { message: () => VALUE }, 'repeated'] };
const PAIR: Message = { 1: ['key', 'text'], 2: ['value', { message: () => VALUE }] };
const PAIRS: Message = { 1: ['values', { message: () => PAIR }, 'repeated'] };
const pairs = (name: string) => [name, { message: () => PAIR }, 'repeated'] as const;

const RESOURCE: Message = { 1: pairs('attributes') };
const SCOPE: Message = { 1: ['name', 'text'], 2: ['version', 'text'], 3: pairs('attributes') };

const LOG: Message = {
  1: ['timeUnixNano', 'fixed64'],
  2: ['severityNumber', 'number'],
  3: ['severityText', 'text'],
  5: ['body', { message: () => VALUE }],
  6: pairs('attributes'),
  9: ['traceId', 'hex'],
  10: ['spanId', 'hex'],
  11: ['observedTimeUnixNano', 'fixed64'],
  12: ['eventName', 'text'],
};

const EVENT: Message = { 1: ['timeUnixNano', 'fixed64'], 2: ['name', 'text'], 3: pairs('attributes') };
const LINK: Message = { 1: ['traceId', 'hex'], 2: ['spanId', 'hex'], 4: pairs('attributes') };
const STATUS: Message = { 2: ['message', 'text'], 3: ['code', 'number'] };
const SPAN: Message = {
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'text'],
  6: ['kind', 'number'],
  7: ['startTimeUnixNano', 'fixed64'],
  8: ['endTimeUnixNano', 'fixed64'],
  9: pairs('attributes'),
  11: ['events', { message: () => EVENT }, 'repeated'],
  13: ['links', { message: () => LINK }, 'repeated'],
  15: ['status', { message: () => STATUS }],
};

const NUMBER_POINT: Message = {
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['asDouble', 'double'],
  6: ['asInt', 'sfixed64'],
  7: pairs('attributes'),
  8: ['flags', 'number'],
};
const HISTOGRAM_POINT: Message = {
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['count', 'fixed64'],
  5: ['sum', 'double'],
  6: ['bucketCounts', { list: 'fixed64' }, 'repeated'],
  7: ['explicitBounds', { list: 'double' }, 'repeated'],
  9: pairs('attributes'),
  10: ['flags', 'number'],
  11: ['min', 'double'],
  12: ['max', 'double'],
};
const BUCKETS: Message = { 1: ['offset', 'signed'], 2: ['bucketCounts', { list: 'long' }, 'repeated'] };
const EXPONENTIAL_POINT: Message = {
  1: pairs('attributes'),
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['count', 'fixed64'],
  5: ['sum', 'double'],
  6: ['scale', 'signed'],
  7: ['zeroCount', 'fixed64'],
  8: ['positive', { message: () => BUCKETS }],
  9: ['negative', { message: () => BUCKETS }],
  10: ['flags', 'number'],
  12: ['min', 'double'],
  13: ['max', 'double'],
};
const QUANTILE: Message = { 1: ['quantile', 'double'], 2: ['value', 'double'] };
const SUMMARY_POINT: Message = {
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['count', 'fixed64'],
  5: ['sum', 'double'],
  6: ['quantileValues', { message: () => QUANTILE }, 'repeated'],
  7: pairs('attributes'),
  8: ['flags', 'number'],
};
const pointsOf = (message: Message) => ['dataPoints', { message: () => message }, 'repeated'] as const;
const GAUGE: Message = { 1: pointsOf(NUMBER_POINT) };
const SUM: Message = { 1: pointsOf(NUMBER_POINT), 2: ['aggregationTemporality', 'number'], 3: ['isMonotonic', 'bool'] };
const HISTOGRAM: Message = { 1: pointsOf(HISTOGRAM_POINT), 2: ['aggregationTemporality', 'number'] };
const EXPONENTIAL: Message = { 1: pointsOf(EXPONENTIAL_POINT), 2: ['aggregationTemporality', 'number'] };
const SUMMARY: Message = { 1: pointsOf(SUMMARY_POINT) };
const METRIC: Message = {
  1: ['name', 'text'],
  3: ['unit', 'text'],
  5: ['gauge', { message: () => GAUGE }],
  7: ['sum', { message: () => SUM }],
  9: ['histogram', { message: () => HISTOGRAM }],
  10: ['exponentialHistogram', { message: () => EXPONENTIAL }],
  11: ['summary', { message: () => SUMMARY }],
};

/** A request is a list of resources, each with scopes, each with records. */
function requestOf(resources: string, scopes: string, records: string, record: Message): Message {
  const scoped: Message = {
    1: ['scope', { message: () => SCOPE }],
    2: [records, { message: () => record }, 'repeated'],
  };
  const each: Message = {
    1: ['resource', { message: () => RESOURCE }],
    2: [scopes, { message: () => scoped }, 'repeated'],
  };
  return { 1: [resources, { message: () => each }, 'repeated'] };
}

export const LOGS = requestOf('resourceLogs', 'scopeLogs', 'logRecords', LOG);
export const TRACES = requestOf('resourceSpans', 'scopeSpans', 'spans', SPAN);
export const METRICS = requestOf('resourceMetrics', 'scopeMetrics', 'metrics', METRIC);
