import fc from 'fast-check';
import { isNested, isWhat, namesOfPath, whole } from '../../../src/base/field-path.ts';
import { fieldsOf } from '../../../src/base/fields.ts';
import { field, isFields, type Value } from '../../../src/base/value.ts';
import type { Cursor } from '../../../src/flow/define/chunk.ts';
import type { RunContext } from '../../../src/flow/define/context.ts';
import type { StageDefinition } from '../../../src/flow/define/stage.ts';
import type { Step } from '../../../src/flow/define/step.ts';
import { pushLines } from '../../../src/flow/framing/lines.ts';
import { pushingRows } from '../../../src/flow/records/one-by-one.ts';

/** What came of a line: an object, or nothing, or that it is bad. */
export interface Seen {
  readonly line: number;
  readonly text: string;
  readonly gives?: Value;
  readonly bad?: unknown;
}

const newCursor = (): Cursor => ({ origin: { id: 0, name: 'test', source: 0, lines: 0 }, line: 1, text: () => '' });

/** The step of a parser, by itself. */
function parsing(stage: StageDefinition, args: object, cursor: Cursor, seen: Seen[], names: readonly string[]): Step {
  const at = () => ({ line: cursor.line, text: cursor.text() });
  const push = (record: Value) => seen.push({ ...at(), gives: isFields(record) ? only(record, names) : record });
  const bad = (problem: unknown) => seen.push({ ...at(), bad: problem });
  const run = { cursor, bad } as unknown as RunContext;
  const down: Step = { push, close() {}, advance() {}, finish() {} };
  const { behaviour } = stage;
  if (behaviour.kind === 'step') return behaviour.create(args as never, run, down);
  if (behaviour.kind !== 'record') throw new Error(`${stage.name} is no parser of lines`);
  const work = behaviour.create(args as never, run);
  const pushed = (record: Value) => {
    try {
      work(record, push);
    } catch (error) {
      bad(error);
    }
  };
  return { ...down, push: pushed };
}

/** What the row form of a parser makes of lines, with only the wanted fields of objects. */
export function byRows(
  stage: StageDefinition,
  names: readonly string[],
  pieces: readonly Buffer[],
  args = {},
): readonly Seen[] {
  const seen: Seen[] = [];
  const cursor = newCursor();
  const step = parsing(stage, args, cursor, seen, names);
  for (const piece of pieces) {
    pushLines(piece, cursor, (line) => step.push(line));
    cursor.line++;
  }
  step.finish({ time: 0 });
  return seen;
}

/** What its projection makes of them, and how many objects the kernel read itself. */
export function byProjection(stage: StageDefinition, names: readonly string[], pieces: readonly Buffer[], args = {}) {
  const seen: Seen[] = [];
  const cursor = newCursor();
  let projected = 0;
  const step = parsing(stage, args, cursor, seen, names);
  const own = (record: Value) => {
    projected++;
    if (!isFields(record) || Object.keys(record).length !== names.filter(isOwn).length)
      throw new Error('not the wanted fields');
    seen.push({ line: cursor.line, text: cursor.text(), gives: only(record, names) });
  };
  const read = stage.faster!.fields!(args as never, step)!;
  const take = read({ names, cursor, rows: pushingRows(own), line: (text) => step.push(text) });
  for (const piece of pieces) {
    if (piece.length === 0) continue;
    take(piece);
    cursor.line++;
  }
  step.finish({ time: 0 });
  return { seen, projected };
}

/** The values at paths that lead to values; of an object in which others lead on, they are those of these. */
function only(record: Value, paths: readonly string[]): Value {
  const values = paths.filter((path) => !isWhat(path));
  return fieldsOf(values.map((path) => [path, namesOfPath(path).reduce<Value>(field, record)]));
}

/** Whether a path is that of a field of the record itself. */
function isOwn(path: string): boolean {
  return !isNested(whole(path));
}

/** Lines with either end, perhaps none behind the last. */
export function linesOf(line: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r\n')), { maxLength: 30 }), fc.boolean())
    .map(([lines, isCut]) => {
      const text = lines.map(([content, end]) => content.replaceAll('\n', ' ') + end).join('');
      return Buffer.from(isCut ? text.replace(/\r?\n$/, '') : text);
    });
}

/** A text of which a piece is left out or replaced. */
export function mutated(text: fc.Arbitrary<string>, put: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(text, fc.nat(), fc.integer({ min: 0, max: 2 }), fc.constantFrom(...put))
    .map(([given, at, out, piece]) => {
      const place = at % (given.length + 1);
      return wellFormed(given.slice(0, place) + piece + given.slice(place + out));
    });
}

/** With a replacement character for each half of a surrogate pair, which UTF-8 cannot have. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
