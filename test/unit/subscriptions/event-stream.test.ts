import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventStream, type StreamEvent } from '../../../src/flow/subscriptions/event-stream.ts';
import { tries, within } from '../../support/effort.ts';

function read(
  pieces: readonly Uint8Array[],
  most = 1000,
  id = '',
): { events: StreamEvent[]; pause: number | undefined } {
  const events: StreamEvent[] = [];
  const stream = new EventStream(most, id, (event) => events.push(event));
  for (const piece of pieces) stream.push(Buffer.from(piece));
  return { events, pause: stream.pause };
}

const ofText = (text: string, most?: number) => read([Buffer.from(text)], most).events;

// The examples of the HTML standard, 9.2.6, and what its rules say beside them.
test.each([
  ['data: YHOO\ndata: +2\ndata: 10\n\n', [{ kind: 'message', id: '', data: 'YHOO\n+2\n10' }]],
  [
    ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
    [
      { kind: 'message', id: '1', data: 'first event' },
      { kind: 'message', id: '', data: 'second event' },
      { kind: 'message', id: '', data: ' third event' },
    ],
  ],
  [
    'data\n\ndata\ndata\n\ndata:',
    [
      { kind: 'message', id: '', data: '' },
      { kind: 'message', id: '', data: '\n' },
    ],
  ],
  [
    '\ufeffevent: add\r\ndata: 73\r\rdata: \ufeffx\n\n',
    [
      { kind: 'add', id: '', data: '73' },
      { kind: 'message', id: '', data: '\ufeffx' },
    ],
  ],
  ['id: 5\n\nevent: none\n\nother: 1\ndata: a\n\n', [{ kind: 'message', id: '5', data: 'a' }]],
  ['id: 5\0\ndata: a\n\n', [{ kind: 'message', id: '', data: 'a' }]],
])('%j is read as the standard says', (text, events) => {
  expect(ofText(text)).toEqual(events);
});

test('however the bytes are cut, the events are the same', () => {
  const parts = fc.array(
    fc.constantFrom(
      'data: ',
      'data',
      'id: 7',
      'event: é€',
      'retry: 20',
      ': c',
      'x',
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      '\ufeff',
      '😀',
      '\xff',
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(parts, fc.array(fc.nat(60), { maxLength: 8 }), (all, cuts) => {
      const bytes = Buffer.concat(all.map((part) => (part === '\xff' ? Buffer.from([0xff]) : Buffer.from(part))));
      const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length])].sort(
        (a, b) => a - b,
      );
      const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
      expect(read(pieces, 30)).toEqual(read([bytes], 30));
    }),
    { numRuns: tries(300, 5000), plugins: [within(5000)] },
  );
});

test('an event that is too long or no UTF-8 is told, and the next one is read', () => {
  expect(ofText(`id: 3\ndata: ${'x'.repeat(2000)}\ndata: more\n\ndata: next\n\n`)).toMatchObject([
    { id: '3', data: undefined, problem: { reason: 'longer than `maxEvent`' } },
    { id: '3', data: 'next' },
  ]);
  expect(
    read([Buffer.from([...Buffer.from('data: '), 0xff, 10, 10]), Buffer.from('data: b\n\n')]).events,
  ).toMatchObject([{ data: undefined, problem: { reason: 'not valid UTF-8' } }, { data: 'b' }]);
});

test('comments do not add up to a long event, and a pause is as long as we say at most', () => {
  expect(ofText(`${': still here\n'.repeat(100)}data: a\n\n`)).toEqual([{ kind: 'message', id: '', data: 'a' }]);
  expect(read([Buffer.from('retry: 900\n\n')]).pause).toBe(900);
  expect(read([Buffer.from('retry: 99999999\nretry: soon\n\n')]).pause).toBe(30_000);
});
