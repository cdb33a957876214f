/** Large requests of OTLP are read as they are asked for, and give the same records as those that are read at once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/base/json.ts';
import { openJson } from '../../../src/flow/otlp/json-part.ts';
import { LOGS, METRICS, TRACES } from '../../../src/flow/otlp/messages.ts';
import { ValuePart } from '../../../src/flow/otlp/parts.ts';
import { type Message, openMessage } from '../../../src/flow/otlp/protobuf.ts';
import { recordsOf } from '../../../src/flow/otlp/records.ts';

const MOST = 1e9;

const text = fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('a"b', '\\', '}]', '{"', 'é\n', ''));
const leaf = fc.oneof(
  fc.record({ stringValue: text }),
  fc.record({ boolValue: fc.boolean() }),
  fc.record({ intValue: fc.integer().map(String) }),
  fc.record({ doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
);
const attributes = fc.array(fc.record({ key: text, value: leaf }), { maxLength: 3 });
const nanos = fc.integer({ min: 0, max: 2 ** 40 }).map((ms) => `${ms}000123`);
const resource = fc.record({ attributes });
const scope = fc.record({ name: text, version: text });
/** Fields in any order, each of which may be missing. */
const some = (fields: { readonly [name: string]: fc.Arbitrary<unknown> }) =>
  fc.tuple(fc.record(fields, { requiredKeys: [] }), fc.infiniteStream(fc.nat())).map(([value, order]) =>
    Object.fromEntries(
      Object.entries(value)
        .filter(([, field]) => field !== undefined)
        .map((entry) => ({ entry, at: order.next().value as number }))
        .sort((a, b) => a.at - b.at)
        .map(({ entry }) => entry),
    ),
  );
const log = some({ timeUnixNano: nanos, severityNumber: fc.nat(24), severityText: text, body: leaf, attributes });
const span = some({ name: text, kind: fc.nat(5), startTimeUnixNano: nanos, attributes });
const point = some({ timeUnixNano: nanos, asDouble: fc.double({ noNaN: true, noDefaultInfinity: true }), attributes });
const dataPoints = fc.array(point, { maxLength: 4 });
const metric = some({
  name: text,
  unit: text,
  gauge: some({ dataPoints }),
  sum: some({ dataPoints, aggregationTemporality: fc.nat(2), isMonotonic: fc.boolean() }),
});
const requestOf = (resources: string, scopes: string, items: string, item: fc.Arbitrary<unknown>) =>
  some({
    [resources]: fc.array(
      some({
        resource,
        [scopes]: fc.array(some({ scope, [items]: fc.array(item, { maxLength: 4 }) }), { maxLength: 3 }),
      }),
      { maxLength: 3 },
    ),
  });

const SIGNALS = [
  ['logs', LOGS, requestOf('resourceLogs', 'scopeLogs', 'logRecords', log)],
  ['traces', TRACES, requestOf('resourceSpans', 'scopeSpans', 'spans', span)],
  ['metrics', METRICS, requestOf('resourceMetrics', 'scopeMetrics', 'metrics', metric)],
] as const;

/** A field that nobody knows, in front of those that are known. */
const UNKNOWN = lengthed(900, Buffer.from('x'));

function varint(number: bigint): Buffer {
  const bytes: number[] = [];
  let rest = number;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

function lengthed(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(BigInt(number * 8 + 2)), varint(BigInt(bytes.length)), bytes]);
}

/** Writes what the kinds of these requests need. */
function encoded(value: { readonly [name: string]: unknown }, message: Message): Buffer {
  const numberOf = (name: string) => Number(Object.keys(message).find((key) => message[Number(key)]![0] === name));
  const parts = Object.entries(value).flatMap(([name, held]) => {
    const number = numberOf(name);
    const kind = message[number]![1];
    return (Array.isArray(held) ? held : [held]).map((one) => {
      if (typeof kind === 'object' && 'message' in kind) return lengthed(number, encoded(one, kind.message()));
      if (kind === 'text') return lengthed(number, Buffer.from(one));
      if (kind === 'double' || kind === 'fixed64') {
        const bytes = Buffer.alloc(8);
        if (kind === 'double') bytes.writeDoubleLE(one);
        else bytes.writeBigUInt64LE(BigInt(one));
        return Buffer.concat([varint(BigInt(number * 8 + 1)), bytes]);
      }
      return Buffer.concat([varint(BigInt(number * 8)), varint(BigInt.asUintN(64, BigInt(one)))]);
    });
  });
  return Buffer.concat([UNKNOWN, ...parts]);
}

const records = (all: Iterable<unknown>) => [...all].filter((record) => record !== undefined);

describe.each(SIGNALS)('%s', (signal, message, requests) => {
  it.each([-1, 20, 100, 1e6])('are the same in all forms, where %i bytes are read at once', (small) => {
    fc.assert(
      fc.property(requests, fc.constantFrom(undefined, 1), (request, indent) => {
        const text = ` ${JSON.stringify(request, null, indent)}\n`;
        const whole = records(recordsOf(signal, new ValuePart(parseJson(text))));
        expect(records(recordsOf(signal, openJson(text, MOST, small)))).toEqual(whole);
        const binary = openMessage(encoded(request, message), message, MOST, small);
        expect(records(recordsOf(signal, binary))).toEqual(
          records(recordsOf(signal, openMessage(encoded(request, message), message, MOST, MOST))),
        );
      }),
      { numRuns: 30 },
    );
  });
});

it('of a field that is there several times the last counts, also of a large message', () => {
  const named = (name: string) => lengthed(1, Buffer.from(name));
  const point = lengthed(1, Buffer.alloc(0));
  const gauge = (mark: number) => lengthed(5, Buffer.concat([lengthed(15, Buffer.alloc(mark)), point]));
  const metric = Buffer.concat([named('a'), gauge(3), named('b'), gauge(9), named('c')]);
  const request = lengthed(1, lengthed(2, lengthed(2, metric)));
  for (const small of [-1, MOST]) {
    expect(records(recordsOf('metrics', openMessage(request, METRICS, MOST, small)))).toMatchObject([{ name: 'c' }]);
  }
  const damaged = Buffer.concat([lengthed(1, lengthed(2, lengthed(2, metric))), Buffer.from([0x0a, 0x05])]);
  expect(() => records(recordsOf('metrics', openMessage(damaged, METRICS, MOST, -1)))).toThrow('it is cut off');
});

it.each([
  '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityText":"a"},{"severityText":"b"',
  '{"resourceLogs":[{}}',
  '{"resourceLogs":[{}]} x',
  '{"resourceLogs":[{} {}]}',
  '{"resourceLogs" [{}]}',
  '{"resourceLogs":[{"resource":{"attributes":[{"key":"\\x"}]}}]}',
])('%s is no JSON, however it is read', (text) => {
  const isJsonError = (error: unknown) => (error as { readonly at?: number }).at !== undefined;
  for (const small of [-1, 1e6]) {
    let thrown: unknown;
    try {
      records(recordsOf('logs', openJson(text, MOST, small)));
    } catch (error) {
      thrown = error;
    }
    expect(isJsonError(thrown)).toBe(true);
  }
});
