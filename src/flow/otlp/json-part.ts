import { JsonError, parseJson } from '../../base/json.ts';
import type { Value } from '../../base/value.ts';
import { JsonScanner, skipBlanks } from '../parsing/json-scanner.ts';
import { type Part, SMALL, TooLong, ValuePart } from './parts.ts';

/** The fields of what may be large that are asked for. */
const ASKED: ReadonlySet<string> = new Set([
  ...['resourceLogs', 'resourceSpans', 'resourceMetrics', 'resource'],
  ...['scopeLogs', 'scopeSpans', 'scopeMetrics', 'scope'],
  ...['logRecords', 'spans', 'metrics', 'dataPoints'],
  ...['name', 'unit', 'gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'],
  ...['aggregationTemporality', 'isMonotonic'],
]);

/** Where a value stands in a text, in UTF-16 units. */
interface Range {
  readonly from: number;
  readonly end: number;
}

/** How long what is read as one value may be, and what is read at once, in UTF-16 units. */
interface Bounds {
  readonly most: number;
  readonly small: number;
}

/** Opens a request that is JSON. @param small only tests give another. @throws JsonError, now or when it is read, where it is none. */
export function openJson(text: string, most: number, small = SMALL): Part {
  const from = skipBlanks(text, 0);
  const end = endOf(text, from);
  if (skipBlanks(text, end) < text.length) throw new JsonError('more text after the value', end, false);
  return partOf(text, { from, end }, { most, small });
}

function partOf(text: string, range: Range, bounds: Bounds): Part {
  const { from, end } = range;
  return end - from <= bounds.small
    ? new ValuePart(parseJson(text.slice(from, end)))
    : new JsonPart(text, range, bounds);
}

/** Where the value ends that begins at a place. */
function endOf(text: string, from: number): number {
  const end = new JsonScanner().read(text, from);
  if (end === undefined) throw new JsonError('a value does not end', text.length, false);
  return end;
}

const SCALAR = /[^\s,\]}]*/y;

/** The same within a value that was looked at as a whole. */
function innerEnd(text: string, from: number): number {
  if ('{["'.includes(text[from]!)) return endOf(text, from);
  SCALAR.lastIndex = from;
  SCALAR.test(text);
  return SCALAR.lastIndex;
}

/** A value of which only what is asked for is read. */
class JsonPart implements Part {
  private readonly text: string;
  private readonly range: Range;
  private readonly bounds: Bounds;
  private found: ReadonlyMap<string, Range> | undefined;

  constructor(text: string, range: Range, bounds: Bounds) {
    this.text = text;
    this.range = range;
    this.bounds = bounds;
  }

  get isTooLong(): boolean {
    return this.range.end - this.range.from > this.bounds.most;
  }

  sent(): Buffer {
    return Buffer.from(this.text.slice(this.range.from, this.range.end));
  }

  value(): Value {
    return this.read(this.range);
  }

  field(name: string): Value {
    const range = this.fields().get(name);
    return range === undefined ? null : this.read(range);
  }

  part(name: string): Part | undefined {
    const range = this.fields().get(name);
    return range === undefined || this.text[range.from] !== '{' ? undefined : partOf(this.text, range, this.bounds);
  }

  *each(name: string): Generator<Part> {
    const { text, bounds } = this;
    const list = this.fields().get(name);
    if (list === undefined || text[list.from] !== '[') return;
    for (let at = skipBlanks(text, list.from + 1); text[at] !== ']'; ) {
      const end = innerEnd(text, at);
      yield partOf(text, { from: at, end }, bounds);
      at = skipBlanks(text, end);
      // What stands between items has been looked at together with the list.
      if (text[at] === ',') at = skipBlanks(text, at + 1);
    }
  }

  private read({ from, end }: Range): Value {
    if (end - from > this.bounds.most) throw new TooLong();
    return parseJson(this.text.slice(from, end));
  }

  /** Where its fields stand. Of a name that is there twice the last counts. */
  private fields(): ReadonlyMap<string, Range> {
    if (this.found !== undefined) return this.found;
    const { text } = this;
    const found = new Map<string, Range>();
    this.found = found;
    if (text[this.range.from] !== '{') return found;
    for (let at = skipBlanks(text, this.range.from + 1); text[at] !== '}'; ) {
      const nameEnd = innerEnd(text, at);
      const from = skipBlanks(text, skipBlanks(text, nameEnd) + 1);
      const end = innerEnd(text, from);
      const name = nameEnd - at < 64 ? (parseJson(text.slice(at, nameEnd)) as string) : '';
      if (ASKED.has(name)) found.set(name, { from, end });
      at = skipBlanks(text, end);
      if (text[at] === ',') at = skipBlanks(text, at + 1);
    }
    return found;
  }
}
