/**
 * What is promised of event time, for random programs over random records of several origins, that are out of order and come in turns:
 * that files, a replay of files and clients give what a plain model says, wherever chunks and batches end, by kernels and by rows.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/query/plan/plan.ts';
import { Restarts } from '../../support/restarts.ts';
import { cuts as snapshotsOf } from '../../support/taken-up.ts';
import { deduped, joined, judged, type Row, sessions, windows } from './model.ts';
import { BEGIN, type Coming, type Emission, type Json, run } from './running.ts';

interface Settings {
  readonly length: number;
  readonly slide: number;
  readonly gap: number;
  /** Undefined where the program does not say. */
  readonly late: number | undefined;
}

/** What came out, or has to, without the time and order in which it did. */
type Outcome = readonly (string | readonly Json[])[];

interface Program {
  readonly text: (settings: Settings) => string;
  /** What has to come out, and how many are late, where records may be `late` behind. */
  readonly model: (rows: readonly Row[], settings: Settings, late: number) => { given: Json[]; late: number };
  /** What of an emission is compared. */
  readonly of: (emission: Emission) => readonly Json[];
  readonly isDeduping?: true;
}

const records = ({ records }: Emission) => records;
const withSpan = ({ start, end, partial, records }: Emission) =>
  records.map((record): Json => [start, end, partial, record]);
const withoutPartial = ({ start, end, records }: Emission) => records.map((record): Json => [start, end, record]);

const ids = (rows: readonly Row[]): Json => rows.map(({ id }) => id).sort((a, b) => a - b);
const idOf = (row: Row | undefined): Json => (row === undefined ? null : String(row.id));
const inTime = (late: number | undefined) => `${late === undefined ? '' : `, late: ${late}ms`}, idle: 1h`;
const BOTH = 'input(0) | json | union(input(1) | json)';

const toWindows = (rows: readonly Row[], { length, slide }: Settings, late: number) => {
  const items = judged(rows, late).map(({ row, over }) => ({ item: row, t: row.t, over }));
  return windows(items, length, slide);
};
const toSessions = (rows: readonly Row[], { gap }: Settings, late: number) => {
  const items = judged(rows, late).map(({ row, over }) => ({ item: row, key: row.k, t: row.t, over }));
  return sessions(items, gap);
};
/** Nothing that comes from a stage in event time is late for the next one. */
const allInTime = <T>(items: readonly { readonly item: T; readonly t: number }[]) =>
  items.map((item) => ({ ...item, over: Number.NEGATIVE_INFINITY }));

function keyed(rows: readonly Row[]): Json[] {
  const keys = [...new Set(rows.map(({ k }) => k))];
  return keys.map((key) => ({ k: key, n: rows.filter(({ k }) => k === key).length }));
}

const PROGRAMS: { readonly [name: string]: Program } = {
  window: {
    text: ({ length, slide, late }) =>
      `${BOTH} | window(${length}ms, ${slide}ms, on: .t${inTime(late)}) | groupBy(.k, {ids: list(.id)})`,
    of: withSpan,
    model(rows, settings, late) {
      const all = toWindows(rows, settings, late);
      // All have ended: what the one that came furthest has not reached is cut short.
      const reached = Math.max(...rows.map(({ t }) => t)) - (settings.late ?? 0);
      const given = all.all.flatMap(({ span: { start, end }, items }) =>
        [...new Set(items.map(({ k }) => k))].map((key): Json => {
          return [start, end, end > reached, { k: key, ids: ids(items.filter(({ k }) => k === key)) }];
        }),
      );
      return { given, late: all.late };
    },
  },
  'window without an aggregation': {
    text: ({ length, slide, late }) => `${BOTH} | window(${length}ms, ${slide}ms, on: .t${inTime(late)}) | map(.id)`,
    of: withoutPartial,
    model(rows, settings, late) {
      const all = toWindows(rows, settings, late);
      const given = all.all.flatMap(({ span: { start, end }, items }) => items.map(({ id }): Json => [start, end, id]));
      return { given, late: all.late };
    },
  },
  session: {
    text: ({ gap, late }) => `${BOTH} | session(.k, {ids: list(.id)}, gap: ${gap}ms, on: .t${inTime(late)})`,
    of: records,
    model(rows, settings, late) {
      const all = toSessions(rows, settings, late);
      return {
        given: all.all.map(({ key, span, items }): Json => ({ k: key, ...span, ids: ids(items) })),
        late: all.late,
      };
    },
  },
  dedupe: {
    text: ({ gap }) => `${BOTH} | dedupe([.k, .o], within: ${gap}ms, on: .t) | map(.id)`,
    of: records,
    isDeduping: true,
    model(rows, { gap }, late) {
      const all = deduped(judged(rows, late), gap);
      return { given: all.all.map(({ id }) => id), late: all.late };
    },
  },
  'join of windows': {
    text: ({ length, late }) => {
      const counts = (source: number) =>
        `input(${source}) | json | window(${length}ms, on: .t${inTime(late)}) | countBy(.k)`;
      return `${counts(0)} | fullOuterJoin(${counts(1)})`;
    },
    of: withoutPartial,
    model(rows, settings, late) {
      const sides = [0, 1].map((source) =>
        toWindows(
          rows.filter(({ o }) => o % 2 === source),
          { ...settings, slide: settings.length },
          late,
        ),
      );
      const starts = new Set(sides.flatMap(({ all }) => all.map(({ span }) => span.start)));
      const given = [...starts].flatMap((start) => {
        const held = sides.map(({ all }) => keyed(all.find(({ span }) => span.start === start)?.items ?? []));
        const countOf = (side: number, key: string): Json =>
          (held[side] as { k: string; n: number }[]).find(({ k }) => k === key)?.n ?? null;
        const keys = new Set((held.flat() as { k: string }[]).map(({ k }) => k));
        return [...keys].map(
          (key): Json => [start, start + settings.length, [key, [countOf(0, key), countOf(1, key)]]],
        );
      });
      return { given, late: sides[0]!.late + sides[1]!.late };
    },
  },
  'join over time': {
    text: ({ gap, late }) => {
      const pairs = (source: number) => `input(${source}) | json | map([.k, _])`;
      return `${pairs(0)} | fullOuterJoin(${pairs(1)}, within: ${gap}ms, on: _[1].t${inTime(late)}) | map([_[0], string(_[1][0].id), string(_[1][1].id)])`;
    },
    of: records,
    model(rows, { gap }, late) {
      const all = joined(judged(rows, late), gap, ({ o }) => o % 2 === 0);
      return { given: all.all.map(({ left, right }) => [(left ?? right)!.k, idOf(left), idOf(right)]), late: all.late };
    },
  },
  'window by the end of sessions': {
    text: ({ gap, length, late }) =>
      `${BOTH} | session(.k, {ids: list(.id)}, gap: ${gap}ms, on: .t${inTime(late)}) | window(${length}ms, on: .end) | map(.ids)`,
    of: withoutPartial,
    model: (rows, settings, late) => windowsOfSessions(rows, settings, late, 'end'),
  },
  'window by the start of sessions': {
    text: ({ gap, length, late }) =>
      `${BOTH} | session(.k, {ids: list(.id)}, gap: ${gap}ms, on: .t${inTime(late)}) | map({from: .start, ids: .ids}) | window(${length}ms, on: .from) | map(.ids)`,
    of: withoutPartial,
    model: (rows, settings, late) => windowsOfSessions(rows, settings, late, 'start'),
  },
  'sessions of sessions': {
    text: ({ gap, late }) =>
      `${BOTH} | session(.k, {n: count()}, gap: ${gap}ms, on: .t${inTime(late)}) | session(x => 1, {n: sum(.n), of: count()}, gap: ${gap}ms, on: .end) | drop(.key)`.replace(
        ' | drop(.key)',
        ' | map({start: .start, end: .end, n: .n, of: .of})',
      ),
    of: records,
    model(rows, settings, late) {
      const first = toSessions(rows, settings, late);
      const items = first.all.map(({ span, items }) => ({ item: items.length, key: '', t: span.end }));
      const second = sessions(
        items.map((item) => ({ ...item, over: Number.NEGATIVE_INFINITY })),
        settings.gap,
      );
      const given = second.all.map(({ span, items }): Json => {
        return { ...span, n: items.reduce((sum, n) => sum + n, 0), of: items.length };
      });
      return { given, late: first.late };
    },
  },
  'dedupe of sessions': {
    text: ({ gap, late }) =>
      `${BOTH} | session(.k, {ids: list(.id)}, gap: ${gap}ms, on: .t${inTime(late)}) | dedupe(.ids, within: 1ms, on: .end) | map(.ids)`,
    of: records,
    model(rows, settings, late) {
      const all = toSessions(rows, settings, late);
      return { given: all.all.map(({ items }) => ids(items)), late: all.late };
    },
  },
  'windows of windows': {
    text: ({ length, slide, late }) =>
      `${BOTH} | window(${length}ms, ${slide}ms, on: .t${inTime(late)}) | count | stamp | window(${3 * length}ms, on: .start) | aggregate({n: sum(.value), of: count()})`,
    of: withoutPartial,
    model(rows, settings, late) {
      const first = toWindows(rows, settings, late);
      const items = first.all.map(({ span, items }) => ({ item: items.length, t: span.start }));
      const second = windows(allInTime(items), 3 * settings.length, 3 * settings.length);
      const given = second.all.map(({ span, items }): Json => {
        return [span.start, span.end, { n: items.reduce((sum, n) => sum + n, 0), of: items.length }];
      });
      return { given, late: first.late };
    },
  },
};

function windowsOfSessions(rows: readonly Row[], settings: Settings, late: number, by: 'start' | 'end') {
  const first = toSessions(rows, settings, late);
  const items = first.all.map(({ span, items }) => ({ item: ids(items), t: span[by] }));
  const second = windows(allInTime(items), settings.length, settings.length);
  const given = second.all.flatMap(({ span: { start, end }, items }) => items.map((item): Json => [start, end, item]));
  return { given, late: first.late };
}

/** Lists of numbers are what came in any order. */
function plain(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value))
    return value.every((item) => typeof item === 'number') ? [...value].sort() : value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

function inAnyOrder(values: readonly Json[]): Outcome {
  return values.map((value) => JSON.stringify(plain(value))).sort();
}

const ORIGINS = 4;

/** Each origin goes on in time by itself, with records out of order. They come in turns. */
const rowsOf = fc
  .array(
    fc.record({
      o: fc.nat({ max: ORIGINS - 1 }),
      k: fc.constantFrom('a', 'b'),
      step: fc.oneof(fc.nat({ max: 4 }), fc.integer({ min: -12, max: 12 })),
    }),
    { maxLength: 24, size: 'max' },
  )
  .chain((drafts) => {
    const times = new Map<number, number>();
    const rows = drafts.map(({ o, k, step }, id): Row => {
      const t = (times.get(o) ?? BEGIN + 3 * o) + step;
      times.set(o, t);
      return { id, o, k, t };
    });
    // Other orders of arrival, in which each origin keeps its own.
    return fc.array(fc.nat({ max: 1000 }), { minLength: rows.length, maxLength: rows.length }).map((turns) => {
      const byOrigin = Array.from({ length: ORIGINS }, (_, o) => rows.filter((row) => row.o === o));
      const other: Row[] = [];
      for (const turn of turns) {
        const left = byOrigin.filter((own) => own.length > 0);
        other.push(left[turn % left.length]!.shift()!);
      }
      return { rows, other };
    });
  });

const settingsOf = fc.record({
  length: fc.integer({ min: 1, max: 12 }),
  slide: fc.integer({ min: 1, max: 14 }),
  gap: fc.integer({ min: 1, max: 8 }),
  late: fc.option(fc.nat({ max: 10 }), { nil: undefined }),
});

/** Fewer than those after which an origin is idle. */
const cutsOf = fc.uniqueArray(fc.nat({ max: 23 }), { maxLength: 8 }).map((at) => {
  return Array.from({ length: 24 }, (_, i) => (at.includes(i) ? 1 : 0));
});

describe.each(Object.entries(PROGRAMS))('%s', (_name, program) => {
  /** Whether the last run said that anything was late. */
  let toldOfLate = false;
  const outcome = async (text: string, coming: Coming) => {
    const { emissions, late, notes } = await run(text, coming);
    toldOfLate = notes.some((note) => note.includes('late'));
    return { given: inAnyOrder(emissions.flatMap(program.of)), late };
  };
  const expected = (rows: readonly Row[], settings: Settings, late: number) => {
    const model = program.model(rows, settings, late);
    return { given: inAnyOrder(model.given), late: model.late };
  };

  test('is the same of files, of a replay of them and of clients', async () => {
    await fc.assert(
      fc.asyncProperty(
        rowsOf,
        settingsOf,
        cutsOf,
        cutsOf,
        fc.boolean(),
        async ({ rows, other }, settings, cuts, otherCuts, kernels) => {
          const text = program.text(settings);
          const common = { origins: ORIGINS, kernels };
          const within = program.isDeduping ? settings.gap : (settings.late ?? 0);
          const endless = program.isDeduping ? undefined : settings.late;
          const files = await outcome(text, { ...common, rows, way: 'files', cuts });
          expect(files).toEqual(expected(rows, settings, endless ?? Number.POSITIVE_INFINITY));
          const one = await outcome(text, { ...common, rows, way: 'live', cuts });
          expect(one).toEqual(expected(rows, settings, within));
          const two = await outcome(text, { ...common, rows: other, way: 'live', cuts: otherCuts });
          expect(two).toEqual(one);
          const replayed = await outcome(text, { ...common, rows: other, way: 'replay', cuts });
          expect(replayed).toEqual(one);
          // What is promised: recorded = live with `late:`, and where nothing is late.
          if (endless !== undefined || !toldOfLate) expect(files).toEqual(one);
        },
      ),
      { numRuns: 30 },
    );
  }, 60_000);

  test('goes on as if nothing had happened where its steps are written down and made anew', async () => {
    await fc.assert(
      fc.asyncProperty(
        rowsOf,
        settingsOf,
        cutsOf,
        fc.boolean(),
        fc.constantFrom('files', 'live'),
        snapshotsOf,
        async ({ rows }, settings, cuts, kernels, way, snapshots) => {
          const text = program.text(settings);
          const coming = { origins: ORIGINS, kernels, rows, cuts, way } as const;
          const left = [...snapshots];
          const memory = (plan: Plan) => new Restarts(plan, () => left.shift());
          const { emissions, late } = await run(text, coming, memory);
          const plain = await run(text, coming);
          expect({ emissions, late }).toEqual({ emissions: plain.emissions, late: plain.late });
        },
      ),
      { numRuns: 30 },
    );
  }, 60_000);
});
