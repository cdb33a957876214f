/** What all text sources share: how their bytes become records. */
import { STRING, type Type, wholeObject } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Progress } from '../define/framer.ts';
import { type Bound, flag, size, textOrPattern } from '../define/parameters.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { Delivery } from './delivery.ts';
import { type HoldingFramer, LineFramer } from './framer.ts';
import { WithoutMark, WithoutStart } from './mark.ts';
import { PatternFramer } from './pattern-framer.ts';
import { RecordFramer, RecordOutlet } from './record-framer.ts';
import { Unpacker } from './unpacker.ts';

const LINE = '\n';

function wrongDelimiter(delimiter: string | Pattern): string | undefined {
  if (delimiter === '') return 'it must not be empty';
  // It would stand between any two characters.
  return typeof delimiter !== 'string' && delimiter.test('') ? 'it must not match the empty text' : undefined;
}

export const textParameters = {
  delimiter: textOrPattern('what records end at, or a regular expression that matches it', { named: true })
    .checked(wrongDelimiter)
    .or(LINE),
  maxLine: size('the most bytes of a record; a longer one is bad', { named: true }).or(1024 * 1024),
  tag: flag('gives `{source, line}` instead of the line alone; `source` is the file or the peer'),
};

export type TextArguments = Bound<typeof textParameters>;

/** What a protocol knows of a record beside its text: the fields of a tagged one behind `source` and `line`. */
export type TagOf = (line: string, source: string) => { readonly [name: string]: Value };

/** The type of a text source's records. @param more the fields of tagged ones behind `source` and `line`. */
export function textType({ tag }: Pick<TextArguments, 'tag'>, more: { readonly [name: string]: Type } = {}): Type {
  return tag ? wholeObject({ source: STRING, line: STRING, ...more }) : STRING;
}

/** Whether records are plain lines, so that a file may be cut at any line's end. */
export function isPlainLines({ delimiter, tag }: TextArguments): boolean {
  return delimiter === LINE && !tag;
}

/**
 * The framer of one origin, which may be packed. Plain lines stay bytes; anything else becomes values here.
 *
 * @param progress tells the position, and where to begin, where the source knows.
 * @param tagOf the further fields of tagged records; none unless given.
 * @param isGzipOnly nothing else is unpacked, see `Unpacker`.
 */
export function openFramer(
  { delimiter, maxLine, tag }: TextArguments,
  origin: Origin,
  context: SourceContext,
  progress?: Progress,
  tagOf: TagOf = () => ({}),
  isGzipOnly = false,
): HoldingFramer {
  const delivery = new Delivery(origin, context, progress);
  const { from, skip } = progress ?? { from: 0, skip: 0 };
  const framer = inner();
  const begun = from > 0 ? framer : new WithoutMark(framer, delivery);
  const options = { isPlain: from > 0 && skip === 0, isGzipOnly };
  return new Unpacker(skip > 0 ? new WithoutStart(begun, skip) : begun, delivery, context.signal, options);

  function inner(): HoldingFramer {
    if (delimiter === LINE && !tag) return new LineFramer(delivery, maxLine);
    const bare = delimiter === LINE ? (text: string) => (text.endsWith('\r') ? text.slice(0, -1) : text) : same;
    const toValue = tag ? (text: string) => taggedLine(origin.name, bare(text), tagOf) : bare;
    const outlet = new RecordOutlet(delivery, toValue);
    return typeof delimiter === 'string'
      ? new RecordFramer(delimiter, maxLine, outlet)
      : new PatternFramer(delimiter, maxLine, outlet);
  }
}

/** A tagged record. */
export function taggedLine(source: string, line: string, tagOf: TagOf): Value {
  return { source, line, ...tagOf(line, source) };
}

/** Opens the framers of a source, see {@link openFramer}. */
export function framerOf(args: TextArguments, context: SourceContext, tagOf?: TagOf) {
  return (origin: Origin, progress?: Progress): HoldingFramer => openFramer(args, origin, context, progress, tagOf);
}

const same = (text: string) => text;
