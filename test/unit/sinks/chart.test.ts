import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import type { Frame, SinkContext } from '../../../src/flow/define/context.ts';
import { bar, sparkline } from '../../../src/flow/drawing/bars.ts';
import { History } from '../../../src/flow/drawing/history.ts';
import { PointReader } from '../../../src/flow/drawing/points.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { Bins } from '../../../src/flow/plots/bins.ts';
import { chart } from '../../../src/flow/sinks/chart.ts';
import { batch, openSink, runBatches, sinkContext } from '../../support/sink.ts';

/** What a chart writes of some batches where nothing is drawn in place. */
async function drawn(
  args: { readonly [name: string]: unknown },
  batches: readonly (readonly Value[])[],
  settings: Partial<SinkContext> = {},
) {
  const stdout = new TextOutput();
  const { context, reports } = sinkContext({ stdout, recordsIn: () => 1, width: () => 30, ...settings });
  await runBatches(openSink(chart, args, context), batches);
  return { lines: stdout.text.replace(/\n$/, '').split('\n'), reports };
}

test('bars of each batch, each with its number', async () => {
  const { lines } = await drawn({ kind: 'bar' }, [
    [
      ['a', 2],
      ['bb', 1],
    ],
    [],
    [['a', 3]],
  ]);
  expect(lines).toEqual([
    '1s  batch  1 record',
    `a  ${'█'.repeat(25)} 2`,
    `bb ${'█'.repeat(12)}▌ 1`,
    '',
    '3s  batch  1 record',
    `a ${'█'.repeat(26)} 3`,
  ]);
});

test('a line over all batches, once, at the end', async () => {
  const { lines } = await drawn({ height: 4 }, [[0], [4], [], [4], [8]], { ascii: true });
  expect(lines).toEqual(
    [
      '5s  batch  1 record',
      '8 |                         **',
      '  |                      ***',
      '  |     ***             ***',
      '0 |******',
      '  +---------------------------',
      '         2s           4s',
    ].map((line, i) => (i === 0 || i === 6 ? line : expect.stringMatching(/^[ \d] [|+][ *-]*$/))),
  );
  expect(lines[1]).toMatch(/\*$/);
  expect(lines[4]).toMatch(/^0 \|\*/);
});

test('the rest of a batch that was cut short makes no line fall', async () => {
  const stdout = new TextOutput();
  const sink = openSink(
    chart,
    { height: 4 },
    sinkContext({ stdout, recordsIn: () => 1, width: () => 30, ascii: true }).context,
  );
  const emit = (index: number, value: number, partial: boolean) => {
    sink.push(value);
    sink.close(batch(index, { partial }));
  };
  emit(1, 8, false);
  emit(2, 8, false);
  emit(3, 1, true);
  await sink.finish();
  const lines = stdout.text.split('\n');
  expect(lines[0]).toBe('2s  batch  1 record');
  expect(lines[1]).toMatch(/\*$/);
  expect(lines.slice(2, 5).join('')).not.toContain('*');
});

test('a line for each key, told apart by colour or by mark, and named below', async () => {
  const batches = [
    [
      ['a', 1],
      ['b', 2],
    ],
    [
      ['a', 2],
      ['b', 1],
    ],
  ] as Value[][];
  const plain = await drawn({ height: 3 }, batches);
  expect(plain.lines.at(-1)).toBe('* a 2   + b 1');
  const colored = await drawn({ height: 3 }, batches, { color: true });
  expect(colored.lines.at(-1)).toContain('\u001b[36m─\u001b[39m a 2');
  expect(colored.lines.join('')).toMatch(/[\u2801-\u28ff]/);
});

test('no more than six lines, those with the largest values', async () => {
  const { lines } = await drawn({}, [Array.from({ length: 10 }, (_, i): Value => [`k${i}`, i])], { width: () => 200 });
  expect(lines.at(-1)).toBe('* k4 4   + k5 5   o k6 6   x k7 7   # k8 8   @ k9 9');
});

test('a histogram has ranges of one width that hold all numbers', async () => {
  const { lines } = await drawn({ kind: 'histogram', height: 5 }, [[1, 2, 3, 11, 12, 48, { ms: 49 }, ['k', 21]]]);
  expect(lines.map((line) => line.replace(/█.* /, '█ '))).toEqual([
    '1s  batch  1 record',
    ' 0 – 10 █ 3',
    '10 – 20 █ 2',
    '20 – 30 █ 1',
    '30 – 40 0',
    '40 – 50 █ 2',
  ]);
});

test('what is no number is bad, null is passed over', async () => {
  const { reports, lines } = await drawn({ kind: 'bar' }, [
    [
      ['a', 'x'],
      ['b', null],
      ['c', 1],
    ],
  ]);
  expect(reports.bads.map(({ problem }) => problem.reason)).toEqual(['no number to draw']);
  expect(lines).toHaveLength(2);
});

test('value and key say what is drawn', async () => {
  const field = (name: string) => opaque((record) => (record as { [name: string]: Value })[name]!);
  const records = [
    { a: 1, b: 'x', c: 5 },
    { a: 2, b: 'y', c: 'no' },
  ];
  const { lines, reports } = await drawn({ kind: 'bar', value: field('c'), key: field('b') }, [records]);
  expect(lines.slice(1)).toEqual([`x ${'█'.repeat(26)} 5`]);
  expect(reports.bads).toHaveLength(1);
});

test('with a format for programs the records are written', async () => {
  const { lines } = await drawn({ kind: 'bar' }, [[['a', 'x']]], { format: 'json' });
  expect(lines).toEqual(['["a","x"]']);
});

test('in a region it is drawn anew, and fits whatever room there is', () => {
  const frames: Frame[] = [];
  const { context } = sinkContext({ format: 'table', region: { show: (frame) => void frames.push(frame) } });
  for (const kind of ['line', 'bar', 'histogram']) {
    const sink = openSink(chart, { kind }, context);
    sink.push(['日本', 2]);
    sink.push(['b', 300]);
    sink.close({ time: 1000, start: 0, end: 1000, partial: false });
    for (let rows = 1; rows < 30; rows++) {
      for (const columns of [10, 20, 80]) {
        const lines = frames.at(-1)!.paint(columns, rows);
        expect(lines.length).toBeLessThanOrEqual(rows);
      }
    }
  }
  expect(frames).toHaveLength(3);
});

describe('bins', () => {
  test('every number is counted once, in a range that holds it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), fc.integer({ min: -50, max: 50 })), {
          minLength: 1,
          maxLength: 5000,
        }),
        fc.integer({ min: 1, max: 40 }),
        (numbers, most) => {
          const bins = new Bins();
          for (const number of numbers) bins.add(number);
          const merged = bins.merged(most);
          expect(merged.bins.reduce((sum, { count }) => sum + count, 0)).toBe(numbers.length);
          expect(merged.bins.length).toBeLessThanOrEqual(most + 1);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('also where numbers differ by less than their size lets a border be told', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0.1, 1e15, -1e15, 1e300, -1e-290),
        fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 5000 }),
        fc.integer({ min: 1, max: 40 }),
        (base, steps, most) => {
          const bins = new Bins();
          for (const step of steps) bins.add(base + step * base * Number.EPSILON);
          const merged = bins.merged(most);
          expect(merged.bins.reduce((sum, { count }) => sum + count, 0)).toBe(steps.length);
          expect(merged.bins.length).toBeLessThanOrEqual(most + 1);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('many different numbers become coarser ranges, still exact', () => {
    const bins = new Bins();
    for (let i = 0; i < 100_000; i++) bins.add(i / 10);
    const { width, bins: all } = bins.merged(10);
    expect(width).toBe(1000);
    expect(all.map(({ count }) => count)).toEqual(Array(10).fill(10_000));
  });

  test('borders are round', () => {
    const bins = new Bins();
    for (const number of [0.1, 0.2, 0.3, 0.3]) bins.add(number);
    expect(bins.merged(5)).toEqual({
      width: 0.05,
      bins: [0.1, 0.15, 0.2, 0.25, 0.3].map((start, i) => ({ start, count: [1, 0, 1, 0, 2][i] })),
    });
  });
});

describe('parts', () => {
  test('a bar is as long as its share, and something is never nothing', () => {
    expect(bar(1, 4, false)).toBe('████');
    expect(bar(0.5, 4, false)).toBe('██');
    expect(bar(0.0001, 4, false)).toBe('▏');
    expect(bar(0, 4, false)).toBe('');
    expect(bar(2, 4, true)).toBe('####');
    expect(bar(0.0001, 4, true)).toBe('#');
  });

  test('a line of values starts at zero', () => {
    expect(sparkline([0, null, 7, 3.5], false)).toBe('▁ █▅');
    expect(sparkline([0, 0], false)).toBe('▁▁');
    expect(sparkline([-1, 1], true)).toBe('_#');
  });

  test('the key of objects is the shortest run of fields that tells them apart', () => {
    const reader = new PointReader();
    expect(
      reader.read([
        { a: 200, n: 1, p: 5 },
        { a: 404, n: 1, p: 6 },
      ]),
    ).toMatchObject([
      { key: '200', value: 1 },
      { key: '404', value: 1 },
    ]);
    expect(
      reader.read([
        { a: 1, b: 1, n: 7 },
        { a: 1, b: 2, n: 8 },
      ]),
    ).toMatchObject([
      { key: '1 1', value: 7 },
      { key: '1 2', value: 8 },
    ]);
    expect(reader.read([{ a: 1, b: 1, n: 9 }])).toMatchObject([{ key: '1 1', value: 9 }]);
    expect(new PointReader().read([{ n: 3 }])).toMatchObject([{ key: '', value: 3 }]);
  });

  test('a history knows the last values of each key, and forgets the silent', () => {
    const history = new History(2);
    history.add([{ key: 'a', value: 1 }]);
    history.add([{ key: 'b', value: 2 }]);
    expect(history.of('a')).toEqual([1, null]);
    expect(history.of('b')).toEqual([null, 2]);
    history.add([]);
    expect(history.keys).toEqual(['b']);
    expect(history.size).toBe(2);
  });
});
