/** The source `otlp`, to which the exporters of OpenTelemetry's own SDK send, and others that send what they should not. */
import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { context as contextOf, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describe, expect, onTestFinished, test } from 'vitest';
import { otlp } from '../../../src/flow/sources/otlp.ts';
import { nonconforming } from '../../support/conforms.ts';
import { openSource, TestRun } from '../../support/source.ts';

const resource = resourceFromAttributes({ 'service.name': 'shop', 'host.name': 'h1' });

async function start(args: object = {}, run = new TestRun()) {
  const running = openSource(otlp, { port: 0, ...args }, run).run();
  await Promise.race([run.until(() => run.notes.length > 0), running]);
  onTestFinished(async () => {
    run.abort();
    await running;
  });
  return { run, url: /OTEL_EXPORTER_OTLP_ENDPOINT=(\S+)\)/.exec(run.notes[0]!)![1]! };
}

describe.each([
  ['protobuf', OTLPLogExporter],
  ['JSON', JsonLogExporter],
])('as %s', (_form, Exporter) => {
  test('logs are records', async () => {
    const { run, url } = await start();
    const exporter = new Exporter({ url: `${url}/v1/logs`, compression: CompressionAlgorithm.GZIP });
    const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] });
    const logger = provider.getLogger('cart');
    logger.emit({
      timestamp: [1_700_000_000, 123_456_789],
      severityNumber: SeverityNumber.ERROR,
      severityText: 'Error',
      body: { text: 'no such cart', tries: 3, ok: false, parts: ['a', 1.5] },
      attributes: { 'http.status': 500, ratio: 0.25 },
    });
    // Flushing does not wait for what is on its way.
    await run.until(() => run.records.length === 1);
    logger.emit({ timestamp: [1_700_000_001, 0], severityNumber: SeverityNumber.INFO2, body: 'é' });
    await run.until(() => run.records.length === 2);
    await provider.shutdown();
    expect(run.records).toEqual([
      {
        signal: 'log',
        time: 1_700_000_000_123.456,
        severity: 'Error',
        severity_number: 17,
        body: { text: 'no such cart', tries: 3, ok: false, parts: ['a', 1.5] },
        service: 'shop',
        attributes: { 'http.status': 500, ratio: 0.25 },
        resource: { 'service.name': 'shop', 'host.name': 'h1' },
        scope: 'cart',
        trace_id: null,
        span_id: null,
      },
      expect.objectContaining({ time: 1_700_000_001_000, severity: 'INFO', severity_number: 10, body: 'é' }),
    ]);
  });
});

test('spans are records', async () => {
  const { run, url } = await start({ signal: 'traces' });
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer('web');
  const parent = tracer.startSpan('GET /cart', { kind: SpanKind.SERVER, startTime: [1_700_000_000, 0] });
  const child = tracer.startSpan(
    'select',
    { startTime: [1_700_000_000, 1_000_000], attributes: { rows: 2 }, links: [{ context: parent.spanContext() }] },
    trace.setSpan(contextOf.active(), parent),
  );
  child.addEvent('retry', { n: 1 }, [1_700_000_000, 2_000_000]);
  child.setStatus({ code: SpanStatusCode.ERROR, message: 'gone' });
  child.end([1_700_000_000, 3_500_000]);
  await run.until(() => run.records.length === 1);
  parent.end([1_700_000_000, 250_000_000]);
  await run.until(() => run.records.length === 2);
  await provider.shutdown();
  const { traceId, spanId } = parent.spanContext();
  expect(run.records).toEqual([
    {
      signal: 'span',
      time: 1_700_000_000_001,
      name: 'select',
      duration: 2.5,
      kind: 'internal',
      status: 'error',
      message: 'gone',
      service: 'shop',
      attributes: { rows: 2 },
      resource: { 'service.name': 'shop', 'host.name': 'h1' },
      scope: 'web',
      trace_id: traceId,
      span_id: child.spanContext().spanId,
      parent_span_id: spanId,
      events: [{ time: 1_700_000_000_002, name: 'retry', attributes: { n: 1 } }],
      links: [{ trace_id: traceId, span_id: spanId, attributes: {} }],
    },
    expect.objectContaining({
      name: 'GET /cart',
      kind: 'server',
      status: 'unset',
      duration: 250,
      parent_span_id: null,
    }),
  ]);
});

test('points of metrics are records', async () => {
  const { run, url } = await start();
  const exporter = new OTLPMetricExporter({ url: `${url}/v1/metrics` });
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const views = [
    {
      instrumentName: 'size',
      aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM as const, options: { recordMinMax: true } },
    },
  ];
  const provider = new MeterProvider({ resource, readers: [reader], views });
  const meter = provider.getMeter('shop');
  meter.createCounter('orders', { unit: '{order}' }).add(3, { country: 'DE' });
  meter.createUpDownCounter('open').add(-2);
  meter.createGauge('load').record(0.5);
  const histogram = meter.createHistogram('ms', { advice: { explicitBucketBoundaries: [10, 100] } });
  for (const ms of [5, 50, 51, 500]) histogram.record(ms);
  const sizes = meter.createHistogram('size');
  for (const size of [1, 2, 4]) sizes.record(size);
  await provider.forceFlush();
  await run.until(() => run.records.length >= 5);
  await provider.shutdown();
  const byName = new Map(run.records.map((record) => [(record as { name: string }).name, record]));
  expect(byName.get('orders')).toMatchObject({
    signal: 'metric',
    value: 3,
    unit: '{order}',
    type: 'sum',
    temporality: 'cumulative',
    monotonic: true,
    attributes: { country: 'DE' },
    service: 'shop',
    scope: 'shop',
  });
  expect(byName.get('open')).toMatchObject({ value: -2, monotonic: false });
  expect(byName.get('load')).toMatchObject({ value: 0.5, type: 'gauge' });
  expect(byName.get('ms')).toMatchObject({
    ...{ value: null, type: 'histogram', count: 4, sum: 606, min: 5, max: 500 },
    ...{ bounds: [10, 100], counts: [1, 2, 1] },
  });
  expect(byName.get('size')).toMatchObject({ type: 'exponential_histogram', count: 3, sum: 7, zero_count: 0 });
  const { positive } = byName.get('size') as unknown as { positive: { counts: number[] } };
  expect(positive.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
});

const post = (url: string, body: string | Buffer, headers: { readonly [name: string]: string } = {}) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

const logs = (...bodies: readonly string[]) =>
  JSON.stringify({
    resourceLogs: [{ scopeLogs: [{ logRecords: bodies.map((body) => ({ body: { stringValue: body } })) }] }],
  });

describe('an exporter is answered', () => {
  test('an empty message in the form that it sent', async () => {
    const { run, url } = await start();
    const json = await post(`${url}/v1/logs`, logs('a'));
    expect([json.status, json.headers.get('content-type'), await json.text()]).toEqual([200, 'application/json', '{}']);
    const binary = await post(`${url}/v1/traces`, '', { 'content-type': 'application/x-protobuf' });
    expect([binary.status, binary.headers.get('content-type')]).toEqual([200, 'application/x-protobuf']);
    expect(await binary.text()).toBe('');
    expect(run.records).toMatchObject([{ body: 'a', service: null, time: null, severity: null }]);
  });

  test('how many records were not taken, and why', async () => {
    const { run, url } = await start({ maxRecord: 300 });
    const answer = await post(`${url}/v1/logs`, logs('a', 'b'.repeat(300), 'c'));
    const said = { rejectedLogRecords: '1', errorMessage: 'a record has 300b at most (`maxRecord`)' };
    expect([answer.status, await answer.json()]).toEqual([200, { partialSuccess: said }]);
    expect(run.records).toMatchObject([{ body: 'a' }, 'bad: longer than maxRecord', { body: 'c' }]);
    // A log record whose body is a text of 400 letters: in resources, in scopes, in records, each behind its length.
    const nested = (tag: number, bytes: Buffer): Buffer =>
      Buffer.concat([Buffer.from([tag, (bytes.length & 0x7f) | 0x80, bytes.length >> 7]), bytes]);
    const value = nested(0x0a, Buffer.from('d'.repeat(400)));
    const body = nested(0x0a, nested(0x12, nested(0x12, nested(0x2a, value))));
    const binary = await post(`${url}/v1/logs`, gzipSync(body), {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
    });
    const bytes = Buffer.from(await binary.arrayBuffer());
    const words = 'a record has 300b at most (`maxRecord`)';
    expect(bytes.subarray(0, 6).toString('hex')).toBe(
      `0a${(words.length + 4).toString(16)}080112${words.length.toString(16)}`,
    );
    expect(bytes.subarray(6).toString()).toBe(words);
  });

  test.each([
    ['another form', 415, 'text/plain', 'x', 'what is sent is application/x-protobuf or application/json\n'],
    ['no JSON', 400, 'application/json', '{', '{"message":"the body is no JSON"}'],
    ['no object', 400, 'application/json', '7', '{"message":"the body is no object"}'],
    [
      'a message that is cut off',
      400,
      'application/x-protobuf',
      Buffer.from([0x0a, 5, 1]),
      '\x12-the body is no message of OTLP: it is cut off',
    ],
    [
      'a number without an end',
      400,
      'application/x-protobuf',
      Buffer.alloc(12, 0xff),
      '\x12:the body is no message of OTLP: a number in it is too long',
    ],
  ])('why nothing is taken of %s', async (_name, status, type, body, words) => {
    const { run, url } = await start();
    const answer = await post(`${url}/v1/logs`, body, { 'content-type': type });
    expect([answer.status, await answer.text()]).toEqual([status, words]);
    expect(run.records).toEqual([]);
  });

  test('that nothing is taken at other paths, or without the token', async () => {
    const { url } = await start({ signal: 'logs', token: 'right' });
    const authorization = 'Bearer right';
    expect((await post(`${url}/v1/logs`, logs('a'))).status).toBe(401);
    expect((await post(`${url}/v1/traces`, '{}', { authorization })).status).toBe(404);
    expect((await post(`${url}/v1/logs`, logs('a'), { authorization })).status).toBe(200);
  });

  test('413 where what a resource says would be there too often', async () => {
    const { run, url } = await start({ maxBody: 20_000 });
    const attributes = [{ key: 'k', value: { stringValue: 'x'.repeat(9000) } }];
    const logRecords = Array.from({ length: 100 }, () => ({}));
    const answer = await post(
      `${url}/v1/logs`,
      JSON.stringify({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }] }),
    );
    expect(answer.status).toBe(413);
    expect(run.records).toEqual([]);
  });
});

test('a client of gRPC is told what to do instead, and so is who runs leat', async () => {
  const { run, url } = await start();
  const session = connect(url);
  session.on('error', () => {});
  const [code, , words] = (await once(session, 'goaway')) as [number, number, Buffer];
  const told =
    'HTTP/1.1 is spoken here, not HTTP/2: OTLP over gRPC is not, and exporters change with OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf';
  expect([code, words.toString()]).toEqual([constants.NGHTTP2_HTTP_1_1_REQUIRED, told]);
  expect(run.notes.at(-1)).toBe(`127.0.0.1 was turned away: ${told}`);
  session.destroy();
});

/** A field of protobuf that has a length in front. */
function lengthed(number: number, bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest >= 0x80; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length, rest]), bytes]);
}

const NESTED = (records: Buffer) => lengthed(1, lengthed(2, records));
const AS_JSON = (records: string) => `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${records}]}]}]}`;
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const PACKED = { 'content-encoding': 'gzip' };

describe('few bytes that are many records', () => {
  const COUNT = 120_000;
  test.each([
    ['protobuf', PROTOBUF, NESTED(Buffer.concat(Array(COUNT).fill(lengthed(2, Buffer.alloc(0)))))],
    ['JSON', {}, AS_JSON(Array(COUNT).fill('{}').join(','))],
  ])('are made as there is room for them, of %s', async (_form, headers, body) => {
    const { run, url } = await start();
    run.shut();
    const sent = post(`${url}/v1/logs`, gzipSync(body), { ...headers, ...PACKED });
    await run.until(() => run.records.length > 0);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    // Those of 128 kB of what is kept of them, which is 200 bytes of each.
    expect(run.records.length).toBeLessThan(2000);
    run.reopen();
    expect((await sent).status).toBe(200);
    expect(run.records).toHaveLength(COUNT);
  });

  test.each([
    ['protobuf', PROTOBUF, NESTED(Buffer.concat(Array(COUNT).fill(lengthed(2, Buffer.alloc(0)))))],
    ['JSON', {}, AS_JSON(Array(COUNT).fill('{}').join(','))],
  ])('are refused where they are too many, and none is taken, of %s', async (_form, headers, body) => {
    const { run, url } = await start({ maxBody: 1_000_000 });
    expect((await post(`${url}/v1/logs`, gzipSync(body), { ...headers, ...PACKED })).status).toBe(413);
    expect(run.records).toEqual([]);
  });

  test.each([
    ['protobuf', PROTOBUF, NESTED(lengthed(2, Buffer.concat(Array(COUNT * 2).fill(Buffer.from([0x32, 0])))))],
    [
      'JSON',
      {},
      AS_JSON(
        `{"attributes":[${Array(COUNT * 2)
          .fill('{}')
          .join(',')}]}`,
      ),
    ],
  ])('are no record where they are all of one, of %s', async (_form, headers, body) => {
    const { run, url } = await start({ maxRecord: 50_000 });
    const good = typeof body === 'string' ? logs('good') : NESTED(lengthed(2, lengthed(3, Buffer.from('good'))));
    const answer = await post(`${url}/v1/logs`, gzipSync(body), { ...headers, ...PACKED });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('a record has 48.8kb at most');
    expect(run.records).toEqual(['bad: longer than maxRecord']);
    expect(run.bads[0]!.text).toMatch(typeof body === 'string' ? /^{"attributes":/ : /^480000 bytes of protobuf/);
    expect((await post(`${url}/v1/logs`, good, headers)).status).toBe(200);
    expect(run.records).toHaveLength(2);
  });

  test('are refused where all records have them in common', async () => {
    const { run, url } = await start({ maxRecord: 50_000 });
    const attributes = Array(COUNT).fill('{}').join(',');
    const body = `{"resourceLogs":[{"resource":{"attributes":[${attributes}]},"scopeLogs":[]}]}`;
    const answer = await post(`${url}/v1/logs`, gzipSync(body), PACKED);
    expect(answer.status).toBe(413);
    expect(await answer.text()).toMatch(/what records have in common has [\d.]+kb at most/);
    expect(run.records).toEqual([]);
  });
});

test('what is said of a kind that it should not be is nothing, so that records are what the source says', async () => {
  const { run, url } = await start();
  const odd = [true, [1], { x: 1 }, 'x', '7', 7];
  const resource = (value: unknown) => ({ attributes: [{ key: 'service.name', value }] });
  const points = odd.map((one) => ({ asDouble: one, timeUnixNano: one, count: one, sum: one, bucketCounts: odd }));
  const metric = { name: 5, unit: [], sum: { dataPoints: points, isMonotonic: 1, aggregationTemporality: 'x' } };
  const spread = { name: 'h', histogram: { dataPoints: points, aggregationTemporality: [] } };
  const scopeMetrics = [{ scope: { name: 1 }, metrics: [metric, spread] }];
  for (const value of [{ intValue: '5' }, { arrayValue: {} }, { stringValue: { x: 1 } }])
    await post(`${url}/v1/metrics`, JSON.stringify({ resourceMetrics: [{ resource: resource(value), scopeMetrics }] }));
  const log = (one: unknown) => ({ severityNumber: one, severityText: one, body: one, traceId: one, eventName: one });
  const scopeLogs = [{ logRecords: odd.map(log) }];
  await post(
    `${url}/v1/logs`,
    JSON.stringify({ resourceLogs: [{ resource: resource({ boolValue: true }), scopeLogs }] }),
  );
  await run.until(() => run.records.length >= 42);
  const type = otlp.gives({} as never);
  expect(run.records.map((record) => nonconforming(record, type)).filter((fault) => fault !== undefined)).toEqual([]);
  expect(run.records[4]).toMatchObject({ service: '5', value: 7 });
});
