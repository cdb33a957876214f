import fc from 'fast-check';
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

/** Any stage that reads one record at a time. */
function working(stage: StageDefinition, args: object, push: (record: Value) => void, bad: (error: unknown) => void) {
  const { behaviour } = stage;
  if (behaviour.kind !== 'record') throw new Error(`${stage.name} is no stage of records`);
  const work = behaviour.create(args as never, {} as RunContext);
  return (text: string) => {
    try {
      work(text, push);
    } catch (error) {
      bad(error);
    }
  };
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
  const at = () => ({ line: cursor.line, text: cursor.text() });
  const push = (record: Value) => seen.push({ ...at(), gives: isFields(record) ? only(record, names) : record });
  const work = working(stage, args, push, (bad) => seen.push({ ...at(), bad }));
  for (const piece of pieces) {
    pushLines(piece, cursor, work);
    cursor.line++;
  }
  return seen;
}

/** What its projection makes of them, and how many objects the kernel read itself. */
export function byProjection(stage: StageDefinition, names: readonly string[], pieces: readonly Buffer[], args = {}) {
  const seen: Seen[] = [];
  const cursor = newCursor();
  let projected = 0;
  const at = () => ({ line: cursor.line, text: cursor.text() });
  const push = (record: Value) => seen.push({ ...at(), gives: isFields(record) ? only(record, names) : record });
  const line = working(stage, args, push, (bad) => seen.push({ ...at(), bad }));
  const own = (record: Value) => {
    projected++;
    if (!isFields(record) || Object.keys(record).length !== names.length) throw new Error('not the wanted fields');
    seen.push({ ...at(), gives: only(record, names) });
  };
  const read = stage.faster!.fields!(args as never, {} as Step)!;
  const take = read({ names, cursor, rows: pushingRows(own), line });
  for (const piece of pieces) {
    if (piece.length === 0) continue;
    take(piece);
    cursor.line++;
  }
  return { seen, projected };
}

function only(record: Value, names: readonly string[]): Value {
  return fieldsOf(names.map((name) => [name, field(record, name)]));
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
