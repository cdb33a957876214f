import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { field, type Value } from '../../../src/base/value.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import type { Drawing, Frame, SinkContext } from '../../../src/flow/define/context.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { axisOf, shareOn, ticksOf, valueAt } from '../../../src/flow/plots/axis.ts';
import { TimeSeries } from '../../../src/flow/plots/time-series.ts';
import { chart } from '../../../src/flow/sinks/chart.ts';
import { htmlDocument, svgDocument } from '../../../src/flow/svg/document.ts';
import { frame } from '../../../src/flow/svg/frame.ts';
import { batch, openSink, sinkContext } from '../../support/sink.ts';

const KINDS = ['line', 'bar', 'histogram', 'heat', 'scatter', 'box', 'bands'];
const of = (name: string) => opaque((record) => field(record, name));

/** What a chart writes, and the picture that it leaves. */
async function charted(
  args: { readonly [name: string]: unknown },
  batches: readonly (readonly Value[])[],
  settings: Partial<SinkContext> = {},
) {
  const stdout = new TextOutput();
  let picture: (() => Drawing) | undefined;
  const keepPicture = (draw: () => Drawing) => {
    picture = draw;
  };
  const { context, reports } = sinkContext({ stdout, width: () => 60, keepPicture, ...settings });
  const sink = openSink(chart, args, context);
  for (const [i, records] of batches.entries()) {
    for (const record of records) sink.push(record);
    sink.close(batch(i + 1));
  }
  await sink.finish();
  return { lines: stdout.text.split('\n').slice(0, -1), reports, drawing: picture?.() };
}

describe('axes', () => {
  const number = fc.double({ noNaN: true, min: -1e9, max: 1e9 });

  test('all values are on them, and shares lead back to them', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), fc.boolean(), fc.boolean(), (values, isLog, fromZero) => {
        const axis = axisOf(values, { isLog, fromZero });
        for (const value of values) {
          const share = shareOn(axis, value);
          if (isLog && value < 1e-300) expect(share).toBeUndefined();
          else {
            expect(share).toBeGreaterThanOrEqual(-1e-9);
            expect(share).toBeLessThanOrEqual(1 + 1e-9);
            const back = valueAt(axis, share!);
            if (axis.most > axis.least) expect(Math.abs(back - value)).toBeLessThan(1 + Math.abs(value) * 1e-6);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('have round places, few enough, all on them and in order', () => {
    fc.assert(
      fc.property(
        number,
        fc.double({ noNaN: true, min: 1e-3, max: 1e9 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        (least, range, most, isTime) => {
          const axis = axisOf([least, least + range], { isTime });
          const ticks = ticksOf(axis, most);
          expect(ticks.length).toBeLessThanOrEqual(most + 1);
          const values = ticks.map(({ value }) => value);
          expect(values).toEqual([...values].sort((a, b) => a - b));
          for (const value of values) {
            const share = shareOn(axis, value)!;
            expect(share).toBeGreaterThanOrEqual(-1e-6);
            expect(share).toBeLessThanOrEqual(1 + 1e-6);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test('of times have round times of the local clock', () => {
    const at = (minute: number) => new Date(2026, 0, 2, 10, minute).getTime();
    expect(ticksOf(axisOf([at(3), at(27)], { isTime: true }), 5).map(({ text }) => text)).toEqual([
      '10:05',
      '10:10',
      '10:15',
      '10:20',
      '10:25',
    ]);
    const days = axisOf([new Date(2026, 0, 2, 5).getTime(), new Date(2026, 0, 6).getTime()], { isTime: true });
    expect(ticksOf(days, 4).map(({ text }) => text)).toContain('2026-01-04');
  });

  test('of factors have powers of ten', () => {
    expect(ticksOf(axisOf([3, 4200], { isLog: true }), 5).map(({ text }) => text)).toEqual(['1', '10', '100', '1,000']);
  });
});

test('a series of places keeps the last ones, in their order, and the last value of each', () => {
  const series = new TimeSeries(3);
  series.add(2, [{ key: 'a', value: 1 }]);
  series.add(1, [{ key: 'b', value: 9 }]);
  series.add(2, [{ key: 'a', value: 5 }]);
  expect([series.all, series.largest(5).series]).toEqual([
    [1, 2],
    [
      { name: 'a', values: [null, 5] },
      { name: 'b', values: [9, null] },
    ],
  ]);
  series.add(3, []);
  series.add(4, [{ key: 'a', value: 7 }]);
  series.add(0, [{ key: 'c', value: 7 }]);
  expect([series.all, series.largest(5).series]).toEqual([[2, 3, 4], [{ name: 'a', values: [5, null, 7] }]]);
});

describe('charts', () => {
  test('without a kind, a batch is drawn as what it is', async () => {
    const bars = await charted(
      {},
      [
        [
          ['a', 1],
          ['b', 2],
        ],
      ],
      { isOneBatch: true },
    );
    expect(bars.lines.slice(1).every((line) => line.includes('█'))).toBe(true);
    const lines = await charted({}, [[['a', 1]], [['a', 2]]]);
    expect(lines.lines.at(-1)).toBe('─ a 2');
  });

  test('a heat map has a row for each key and a shade for each time', async () => {
    const batches = [1, 2, 3].map((i): Value[] => [
      ['a', i],
      ['b', i === 2 ? null : 12],
    ]);
    const { lines } = await charted({ kind: 'heat' }, batches, { width: () => 20 });
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^a ░+▒+$/),
      expect.stringMatching(/^b █+ +█+$/),
      expect.stringMatching(/^ +2s +4s$/),
      '░ 0 – █ 12',
    ]);
  });

  test('a box says how the numbers of each key are spread', async () => {
    const records = Array.from({ length: 41 }, (_, i) => ({ k: 'a', n: i }));
    const { lines } = await charted({ kind: 'box' }, [records], { width: () => 51, ascii: true });
    expect(lines[1]).toMatch(/^a \|-{10,12}={10,12}#={10,12}-{10,12}\| 20$/);
  });

  test('dots stand at two numbers, and a logarithm has no place for what is not above 0, which is told once', async () => {
    const records = [
      { a: 1, b: 10 },
      { a: 2, b: 1000 },
      { a: 2, b: 0 },
    ];
    const args = { kind: 'scatter', x: of('a'), value: of('b'), height: 5, log: true };
    const { lines, reports } = await charted(args, [records, records], { ascii: true, width: () => 20 });
    expect(lines.slice(1, 8)).toEqual([
      expect.stringMatching(/^1,000 \| +\*$/),
      '      |',
      '  100 |',
      '      |',
      '   10 |*',
      '      +-------------',
      '       1    1.5    2',
    ]);
    expect(reports.notes.filter((note) => note.includes('above 0'))).not.toHaveLength(0);
  });

  test('bands fill what is between percentiles, the least below', async () => {
    const batches = [1, 2].map((i): Value[] => [{ p99: 40 * i, p50: 4 }]);
    const { lines, drawing } = await charted({ height: 8 }, batches, { width: () => 30, color: true });
    expect(lines.at(-1)).toContain('p50');
    expect(drawing!.body).toContain('class="band c1"');
  });

  test('a title stands above, in any picture', async () => {
    const { lines, drawing } = await charted({ title: 'Hits\u001b[0m' }, [[['a', 1]]]);
    expect(lines[0]).toBe('Hits\\x1b[0m');
    expect(drawing!.title).toBe('Hits\u001b[0m');
    expect(svgDocument([drawing!])).toContain('>Hits\\x1b[0m</text>');
  });

  test('a frame that is held does not change when others come', () => {
    for (const kind of KINDS) {
      const frames: Frame[] = [];
      const { context } = sinkContext({ format: 'table', region: { show: (frame) => void frames.push(frame) } });
      const sink = openSink(chart, { kind }, context);
      const emit = (i: number) => {
        sink.push({ x: i, y: i * i + 1 });
        sink.push({ x: i + 7, y: 2 });
        sink.close(batch(i));
      };
      emit(1);
      emit(2);
      const before = frames.at(-1)!.paint(40, 20);
      emit(3);
      expect(frames[1]!.paint(40, 20)).toEqual(before);
      for (const rows of [1, 2, 5, 9]) expect(frames.at(-1)!.paint(20, rows).length).toBeLessThanOrEqual(rows);
    }
  });
});

describe('pictures for files', () => {
  /** Texts that would be mark-up, or end what they stand in. */
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '<script>alert(1)</script>',
      '"><svg onload=alert(1)>',
      "'",
      '&lt;',
      ']]>',
      '-->',
      '</text><a href="javascript:1">',
      '\u0000\u001b[2J',
      '\ud800',
      '\ufffe',
    ),
  );
  /** Elements of ours, and text without a sign that begins or ends one. */
  const OURS =
    /^(?:<\/?(?:svg|g|path|rect|circle|text|title|style)(?: [a-z-]+="[^"<>&]*")*\/?>|[^<>&"']|&(?:amp|lt|gt|quot|#39);)*$/i;
  /** All characters that XML 1.0 has (2.2). */
  const CHARACTERS = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

  test('no text of the data is mark-up in them, and every character is one of XML', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...KINDS), hostile, hostile, async (kind, name, title) => {
        const key = opaque((record) => (record as { k: string }).k);
        const records = [1, 2, 3].map((n) => [
          { k: name, n },
          { k: `${name}2`, n: n * 3 },
        ]);
        const { drawing } = await charted({ kind, title, value: of('n'), x: of('n'), key }, records);
        const svg = svgDocument([drawing!]);
        const style = /<style>[^<]*<\/style>/;
        expect(svg.replace(style, '')).toMatch(OURS);
        expect(svg).toMatch(CHARACTERS);
        const html = htmlDocument([drawing!]);
        expect(html.match(/<\/title>/g)!.length).toBeGreaterThan(0);
        expect(html.slice(html.indexOf('<body>') + 6, html.indexOf('</body>')).trim()).toMatch(OURS);
        expect(html).not.toMatch(/<script|javascript:1"|onload=alert\(1\)>/i);
      }),
      { numRuns: 60 },
    );
  });

  test('several stand one below the other, and no number in them is broken', async () => {
    const parts = await Promise.all(
      KINDS.map((kind) => charted({ kind }, [[{ k: 'a', x: 1, y: 5 }], [{ k: 'b', x: 3, y: 2 }]])),
    );
    const drawings = parts.map(({ drawing }) => drawing!);
    const svg = svgDocument(drawings);
    expect(svg.match(/<g transform="translate\(0 /g)!.length).toBeGreaterThanOrEqual(KINDS.length);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});

test('the names of lines stand in as many rows as they take, all of them', () => {
  const axis = axisOf([0, 10], {});
  const names = ['/home', '/search', '/checkout', '/api/items', '/api/users', '/a/long/path/of/a/page'];
  const [wide, narrow] = [1200, 300].map((width) => frame(axis, axis, names, width));
  for (const { body } of [wide!, narrow!]) for (const name of names) expect(body).toContain(`>${name}<`);
  expect(narrow!.height).toBeGreaterThan(wide!.height);
});
