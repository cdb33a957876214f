/** The records of requests of OTLP, in its JSON form: one for each log record, span and point of a metric. */
import { parseNumber, toText } from '../../base/json.ts';
import { type Fields, field, isList, isNumber, type NewFields, setField, type Value } from '../../base/value.ts';
import type { Part } from './parts.ts';

export type Signal = 'logs' | 'traces' | 'metrics';

/** Severities, of which each has four numbers from 1 on. */
const SEVERITIES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'];
const TEMPORALITIES = ['unspecified', 'delta', 'cumulative'];

/** What a metric may be, by the field that says so, and what that is called. */
const METRICS = {
  gauge: 'gauge',
  sum: 'sum',
  histogram: 'histogram',
  exponentialHistogram: 'exponential_histogram',
  summary: 'summary',
} as const;

/** A point that says only that there is no value any more. */
const NO_VALUE = 1;

/**
 * Gives the records of a request, one after the other: what is to be seen of it, as bytes, where one is too long to be read, and undefined, now and then, where there is none.
 *
 * @throws TooLong where what its records have in common is.
 */
export function* recordsOf(signal: Signal, request: Part): Generator<Fields | Buffer | undefined> {
  const [resources, scopes, items] = {
    logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
    traces: ['resourceSpans', 'scopeSpans', 'spans'],
    metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  }[signal] as [string, string, string];
  for (const each of request.each(resources)) {
    yield undefined;
    const resource = attributesOf(each.field('resource'));
    const service = field(resource, 'service.name');
    const common = { service: service === null ? null : toText(service), resource };
    for (const scoped of each.each(scopes)) {
      yield undefined;
      const where = { ...common, scope: textOf(field(scoped.field('scope'), 'name')) };
      for (const item of scoped.each(items)) {
        if (signal === 'metrics') yield* pointsOf(item, where);
        else if (item.isTooLong) yield item.sent();
        else yield signal === 'logs' ? logOf(item.value(), where) : spanOf(item.value(), where);
      }
    }
  }
}

/** What all records of a scope have in common. */
interface Where {
  readonly service: Value;
  readonly resource: Value;
  readonly scope: Value;
}

function logOf(log: Value, { service, resource, scope }: Where): Fields {
  const number = Number(field(log, 'severityNumber') ?? 0);
  const event = textOf(field(log, 'eventName'));
  return {
    signal: 'log',
    time: timeOf(field(log, 'timeUnixNano')) ?? timeOf(field(log, 'observedTimeUnixNano')),
    severity: textOf(field(log, 'severityText')) ?? SEVERITIES[Math.ceil(number / 4) - 1] ?? null,
    severity_number: number > 0 ? number : null,
    body: anyOf(field(log, 'body')),
    service,
    attributes: attributesOf(log),
    resource,
    scope,
    trace_id: idOf(field(log, 'traceId')),
    span_id: idOf(field(log, 'spanId')),
    ...(event === null ? {} : { event }),
  };
}

function spanOf(span: Value, { service, resource, scope }: Where): Fields {
  const [start, end] = [nanosOf(field(span, 'startTimeUnixNano')), nanosOf(field(span, 'endTimeUnixNano'))];
  const status = field(span, 'status');
  return {
    signal: 'span',
    time: timeOf(field(span, 'startTimeUnixNano')),
    name: textOf(field(span, 'name')),
    duration: start === undefined || end === undefined ? null : Number(end - start) / 1e6,
    kind: KINDS[Number(field(span, 'kind') ?? 0)] ?? null,
    status: STATUSES[Number(field(status, 'code') ?? 0)] ?? null,
    message: textOf(field(status, 'message')),
    service,
    attributes: attributesOf(span),
    resource,
    scope,
    trace_id: idOf(field(span, 'traceId')),
    span_id: idOf(field(span, 'spanId')),
    parent_span_id: idOf(field(span, 'parentSpanId')),
    events: listIn(span, 'events').map((event) => ({
      time: timeOf(field(event, 'timeUnixNano')),
      name: textOf(field(event, 'name')),
      attributes: attributesOf(event),
    })),
    links: listIn(span, 'links').map((link) => ({
      trace_id: idOf(field(link, 'traceId')),
      span_id: idOf(field(link, 'spanId')),
      attributes: attributesOf(link),
    })),
  };
}

function* pointsOf(metric: Part, { service, resource, scope }: Where): Generator<Fields | Buffer | undefined> {
  yield undefined;
  const [name, unit] = [textOf(metric.field('name')), textOf(metric.field('unit'))];
  for (const [key, type] of Object.entries(METRICS)) {
    const data = metric.part(key);
    if (data === undefined) continue;
    const temporality = data.field('aggregationTemporality');
    const monotonic = data.field('isMonotonic');
    for (const part of data.each('dataPoints')) {
      if (part.isTooLong) {
        yield part.sent();
        continue;
      }
      const point = part.value();
      const isGone = (Number(field(point, 'flags') ?? 0) & NO_VALUE) !== 0;
      yield {
        signal: 'metric',
        time: timeOf(field(point, 'timeUnixNano')),
        name,
        value: isGone ? null : (numberOf(field(point, 'asDouble')) ?? numberOf(field(point, 'asInt'))),
        unit,
        type,
        service,
        attributes: attributesOf(point),
        resource,
        scope,
        start: timeOf(field(point, 'startTimeUnixNano')),
        ...(temporality === null ? {} : { temporality: TEMPORALITIES[Number(temporality)] ?? null }),
        ...(key === 'sum' ? { monotonic: monotonic === true } : {}),
        ...(key === 'gauge' || key === 'sum' ? {} : distributionOf(point)),
      };
    }
  }
}

/** What a point says of many values. */
function distributionOf(point: Value): Fields {
  const numbers = (of: Value, name: string) => listIn(of, name).map(numberOf);
  const buckets = (of: Value) => ({ offset: numberOf(field(of, 'offset')) ?? 0, counts: numbers(of, 'bucketCounts') });
  const fields: NewFields = {};
  setField(fields, 'count', numberOf(field(point, 'count')) ?? 0);
  for (const name of ['sum', 'min', 'max']) {
    const value = numberOf(field(point, name));
    if (value !== null) setField(fields, name, value);
  }
  if (field(point, 'explicitBounds') !== null || field(point, 'bucketCounts') !== null) {
    setField(fields, 'bounds', numbers(point, 'explicitBounds'));
    setField(fields, 'counts', numbers(point, 'bucketCounts'));
  }
  if (field(point, 'quantileValues') !== null) {
    const quantiles = listIn(point, 'quantileValues');
    setField(
      fields,
      'quantiles',
      quantiles.map((each) => ({
        quantile: numberOf(field(each, 'quantile')) ?? 0,
        value: numberOf(field(each, 'value')) ?? 0,
      })),
    );
  }
  if (field(point, 'positive') !== null || field(point, 'scale') !== null || field(point, 'zeroCount') !== null) {
    setField(fields, 'scale', numberOf(field(point, 'scale')) ?? 0);
    setField(fields, 'zero_count', numberOf(field(point, 'zeroCount')) ?? 0);
    setField(fields, 'positive', buckets(field(point, 'positive')));
    setField(fields, 'negative', buckets(field(point, 'negative')));
  }
  return fields;
}

function listIn(value: Value, name: string): readonly Value[] {
  const list = field(value, name);
  return isList(list) ? list : [];
}

/** The pairs of something as one object. Of a name that is there twice the last counts. */
function attributesOf(value: Value, name = 'attributes'): Value {
  const fields: NewFields = {};
  for (const pair of listIn(value, name))
    setField(fields, String(field(pair, 'key') ?? ''), anyOf(field(pair, 'value')));
  return fields;
}

/** A value that may be of any kind, which the name of its field tells. Null where there is none. */
function anyOf(value: Value): Value {
  const whole = field(value, 'intValue');
  if (whole !== null) return numberOf(whole);
  const list = field(value, 'arrayValue');
  if (list !== null) return listIn(list, 'values').map(anyOf);
  const pairs = field(value, 'kvlistValue');
  if (pairs !== null) return attributesOf(pairs, 'values');
  return (
    field(value, 'stringValue') ??
    field(value, 'boolValue') ??
    numberOf(field(value, 'doubleValue')) ??
    field(value, 'bytesValue')
  );
}

/** A number, which whole ones of 64 bits spell as texts; null where it is none, as `"NaN"`, or something that is of no number. */
function numberOf(value: Value): Value {
  if (typeof value === 'string') return parseNumber(value) ?? null;
  return isNumber(value) ? value : null;
}

/** A text that says something. */
function textOf(value: Value): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** An id of a trace or span; one of zeros is none. */
function idOf(value: Value): string | null {
  const text = textOf(value);
  return text === null || /^0*$/.test(text) ? null : text.toLowerCase();
}

/** ns since the epoch; undefined where it is not said. */
function nanosOf(value: Value): bigint | undefined {
  const digits = String(value);
  if (!/^\d{1,20}$/.test(digits)) return undefined;
  const nanos = BigInt(digits);
  return nanos === 0n ? undefined : nanos;
}

/** ms since the epoch, to the µs, which is about what a number holds. */
function timeOf(value: Value): number | null {
  const nanos = nanosOf(value);
  return nanos === undefined ? null : Number(nanos / 1000n) / 1000;
}
