import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadRecord } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import { openFramer, type TextArguments } from '../../../src/flow/framing/text.ts';
import { Pattern } from '../../../src/flow/pattern/pattern.ts';
import { TestRun } from '../../support/source.ts';

/** A regular expression of the program, written as one of ours. */
const pattern = ({ source, flags }: RegExp) => new Pattern(source, flags);

const LINES: TextArguments = { delimiter: '\n', maxLine: 1024, tag: false };

function frame(args: Partial<TextArguments>, pieces: readonly Uint8Array[]): TestRun {
  const run = new TestRun();
  const framer = openFramer({ ...LINES, ...args }, run.origin('a.log'), run);
  // A framer owns what it is given, so each piece is a copy.
  for (const piece of pieces) framer.push(Buffer.from(piece));
  framer.end();
  return run;
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...sorted].map((start, i) => bytes.subarray(start, sorted[i] ?? bytes.length));
}

/** Texts dense in what may go wrong at a border. */
const bytes = fc
  .array(
    fc.constantFrom(
      'a',
      'bc',
      '\n',
      '\r\n',
      '\n\n',
      ' ',
      '--',
      '-',
      '\n--\n',
      '\ufeff',
      'é',
      '€',
      '😀',
      '\ufffd',
      '0123456789',
    ),
    { maxLength: 40 },
  )
  .chain((parts) =>
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(0xff, 0xc3, 0xe2, 0xf0, 0x80)), { maxLength: 2 }).map((wrong) => {
      const all = [...Buffer.from(parts.join(''))];
      for (const [place, byte] of wrong) all.splice(place % (all.length + 1), 0, byte);
      return Buffer.from(all);
    }),
  );

const framings: [string, Partial<TextArguments>][] = [
  ['lines', {}],
  ['short lines', { maxLine: 5 }],
  ['tagged lines', { tag: true }],
  ['a delimiter of one byte', { delimiter: ' ' }],
  ['a delimiter of several bytes', { delimiter: '\n--\n' }],
  ['a delimiter that overlaps itself', { delimiter: '--', maxLine: 6 }],
  ['a delimiter beyond ASCII', { delimiter: '€', maxLine: 7 }],
  ['a plain pattern', { delimiter: pattern(/\r?\n/) }],
  ['a plain pattern and short records', { delimiter: pattern(/[ é]/u), maxLine: 6 }],
  ['a plain pattern of several characters and short records', { delimiter: pattern(/\r?\n/), maxLine: 3 }],
  ['a pattern with a repetition', { delimiter: pattern(/\n+/) }],
  ['a pattern that looks ahead', { delimiter: pattern(/\n(?=\S)/) }],
  ['a pattern that looks ahead for what is not there', { delimiter: pattern(/\n(?! )/) }],
  ['an empty match', { delimiter: pattern(/(?=bc)/) }],
];

describe('any way of cutting the bytes gives the same records', () => {
  for (const [name, args] of framings) {
    it(name, () => {
      fc.assert(
        fc.property(bytes, fc.array(fc.nat(), { maxLength: 12 }), (all, places) => {
          const whole = frame(args, [all]);
          const pieces = frame(args, cut(all, places));
          const single = frame(args, cut(all, [...all.keys()]));
          expect(pieces.records).toEqual(whole.records);
          expect(single.records).toEqual(whole.records);
        }),
        { numRuns: 300 },
      );
    });
  }
});

/** What the records of a text should be, said as simply as can be. */
function expected(all: Buffer, maxLine: number): Value[] {
  const text = all.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) =>
    line.length > maxLine ? 'bad: longer than maxLine' : Buffer.from(line.replace(/\r$/, ''), 'latin1').toString(),
  );
}

describe('a record that is given up is bad, and the next one is whole', () => {
  const delimiters: [string, string, Partial<TextArguments>][] = [
    ['lines', '\n', {}],
    ['tagged lines', '\n', { tag: true }],
    ['a delimiter of one byte', ';', { delimiter: ';' }],
    ['a delimiter of several bytes', '\n--\n', { delimiter: '\n--\n' }],
    ['a pattern', '\r\n', { delimiter: pattern(/\r?\n/) }],
  ];
  for (const [name, delimiter, args] of delimiters) {
    it(name, () => {
      const texts = fc.array(fc.constantFrom('a', 'bc', '0123456789', 'é€'), { minLength: 1, maxLength: 8 });
      fc.assert(
        fc.property(texts, fc.nat(), (records, place) => {
          const all = Buffer.from(records.join(delimiter) + delimiter);
          const at = place % (all.length + 1);
          const run = new TestRun();
          const framer = openFramer({ ...LINES, ...args }, run.origin('a.log'), run);
          framer.push(Buffer.from(all.subarray(0, at)));
          const { held } = framer;
          framer.giveUp(new BadRecord('too much'));
          expect(framer.held).toBe(0);
          framer.push(Buffer.from(all.subarray(at)));
          framer.end();
          const before = all.toString('latin1', 0, at).split(delimiter).length - 1;
          const value = (line: string) => (args.tag ? { source: 'a.log', line } : line);
          expect(run.records).toEqual(
            records.map((record, i) => (i === before && held > 0 ? 'bad: too much' : value(record))),
          );
        }),
        { numRuns: 300 },
      );
    });
  }
});

describe('lines', () => {
  it('are those of the text, without a mark in front and without longer ones', () => {
    fc.assert(
      fc.property(
        bytes,
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.integer({ min: 1, max: 12 }),
        (all, places, maxLine) => {
          expect(frame({ maxLine }, cut(all, places)).records).toEqual(expected(all, maxLine));
        },
      ),
    );
  });

  it('come in chunks that end at a line end, but for the last', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 6 }), (all, places) => {
        const chunks = frame({}, cut(all, places)).chunks.map((chunk) => (chunk.kind === 'text' ? chunk.bytes : []));
        for (const chunk of chunks.slice(0, -1)) expect(chunk.at(-1)).toBe(10);
        for (const chunk of chunks) expect(chunk.length).toBeGreaterThan(0);
      }),
    );
  });

  it('are whole views of the piece where they lie in one', () => {
    const run = new TestRun();
    const piece = Buffer.from('a\nb\nc');
    openFramer(LINES, run.origin('a'), run).push(piece);
    const chunk = run.chunks[0]!;
    expect(chunk.kind === 'text' && chunk.bytes.buffer).toBe(piece.buffer);
    expect(run.records).toEqual(['a', 'b']);
  });

  it('that never end are one bad record and are not kept', () => {
    const run = new TestRun();
    const framer = openFramer({ ...LINES, maxLine: 1000 }, run.origin('a'), run);
    for (let i = 0; i < 1000; i++) framer.push(Buffer.alloc(200, 'x'));
    expect(run.bads).toEqual([{ reason: 'longer than maxLine', text: 'x'.repeat(1024), origin: 'a' }]);
    framer.push(Buffer.from('x\nnext\n'));
    framer.end();
    expect(run.records).toEqual(['bad: longer than maxLine', 'next']);
    expect(run.bytes).toBe(5);
  });

  it('of exactly maxLine bytes are good', () => {
    expect(frame({ maxLine: 3 }, [Buffer.from('abc\nabcd\nabc')]).records).toEqual([
      'abc',
      'bad: longer than maxLine',
      'abc',
    ]);
  });
});

describe('records', () => {
  it('of a tagged source say where they came from', () => {
    expect(frame({ tag: true }, [Buffer.from('a\r\nb')]).records).toEqual([
      { source: 'a.log', line: 'a' },
      { source: 'a.log', line: 'b' },
    ]);
  });

  it('between strings keep their line ends', () => {
    expect(frame({ delimiter: ';' }, [Buffer.from('a\r\n;b;;c;')]).records).toEqual(['a\r\n', 'b', '', 'c']);
  });

  it('that are not UTF-8 are bad, in order, and a replacement character in the text is not', () => {
    const all = Buffer.concat([Buffer.from('a;\ufffd;'), Buffer.from([0xff]), Buffer.from(';b')]);
    for (const delimiter of [';', pattern(/;/)]) {
      expect(frame({ delimiter }, [all]).records).toEqual(['a', '\ufffd', 'bad: not valid UTF-8', 'b']);
    }
  });

  it('may begin where a pattern looks ahead', () => {
    const log = '2026 one\n at x\n at y\n2026 two\n2027 three\n';
    expect(frame({ delimiter: pattern(/\n(?=\d{4} )/) }, [Buffer.from(log)]).records).toEqual([
      '2026 one\n at x\n at y',
      '2026 two',
      '2027 three',
    ]);
  });

  it('end before the newline that ends the file', () => {
    for (const [delimiter, text] of [
      ['\n\n', 'a\nb\n\na\nb\n'],
      [pattern(/\n\n/), 'a\nb\n\na\nb\r\n'],
      [pattern(/\n(?=a)/), 'a\nb\na\nb\n'],
      ['\0', 'a\nb\0a\nb\0\n'],
    ] as const) {
      expect(frame({ delimiter }, [Buffer.from(text)]).records).toEqual(['a\nb', 'a\nb']);
    }
  });

  it('are not mixed with the groups of a pattern', () => {
    expect(frame({ delimiter: pattern(/(;|,)/) }, [Buffer.from('a;b,c')]).records).toEqual(['a', 'b', 'c']);
  });

  it.each([/\r?\n/, /\r?\n(?!x)/, /-+\n/])(
    'of exactly maxLine bytes are good with a pattern too, byte by byte: %s',
    (border) => {
      const text = border.source.startsWith('-') ? 'abc---\nabcd---\nabc' : 'abc\r\nabcd\r\nabc';
      const args = { delimiter: pattern(border), maxLine: 3 };
      const records = ['abc', 'bad: longer than maxLine', 'abc'];
      expect(frame(args, [Buffer.from(text)]).records).toEqual(records);
      expect(
        frame(
          args,
          [...text].map((character) => Buffer.from(character)),
        ).records,
      ).toEqual(records);
    },
  );

  it('longer than maxLine are passed over up to the next delimiter, a pattern as well', () => {
    for (const delimiter of ['--', pattern(/--/), pattern(/-+/)]) {
      const run = new TestRun();
      const framer = openFramer({ delimiter, maxLine: 100, tag: false }, run.origin('a'), run);
      framer.push(Buffer.from('a--'));
      for (let i = 0; i < 500; i++) framer.push(Buffer.alloc(100, 'x'));
      framer.push(Buffer.from('-'));
      framer.push(Buffer.from('-b--'));
      framer.end();
      expect(run.records).toEqual(['a', 'bad: longer than maxLine', 'b']);
    }
  });

  it('are given out as soon as a plain pattern matched', () => {
    const run = new TestRun();
    const framer = openFramer({ ...LINES, delimiter: pattern(/[;,]/) }, run.origin('a'), run);
    framer.push(Buffer.from('a;b,'));
    expect(run.records).toEqual(['a', 'b']);
  });
});
