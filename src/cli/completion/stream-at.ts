import type { Token } from '../../query/text/token.ts';
import { closerOf, closingOf } from '../../query/text/token.ts';

/** A stream of the program, stage by stage as written. */
interface Written {
  /** The name that it gets by `let`. */
  readonly name: string | undefined;
  readonly stages: string[];
}

/**
 * The stages of the stream that is being written which stand before the one under way; a stream that it names by `let` is put in its
 * place.
 *
 * @param tokens of the program up to the cursor.
 */
export function stagesBefore(text: string, tokens: readonly Token[]): readonly string[] {
  const streams: Written[] = [{ name: undefined, stages: [] }];
  let depth = 0;
  let start: number | undefined;
  const endStage = (end: number) => {
    if (start !== undefined) streams.at(-1)!.stages.push(text.slice(start, end).trim());
    start = undefined;
  };
  tokens.forEach((token, at) => {
    if (closingOf(token) !== undefined) depth--;
    if (depth === 0 && (token.text === '|' || token.text === ';')) {
      endStage(token.place.start);
      if (token.text === ';') streams.push({ name: undefined, stages: [] });
    } else if (depth === 0 && token.text === '=' && tokens[at - 2]?.text === 'let') {
      streams[streams.length - 1] = { name: tokens[at - 1]!.text, stages: [] };
      start = undefined;
    } else {
      start ??= token.place.start;
    }
    if (closerOf(token) !== undefined) depth++;
  });
  return inPlace(streams.at(-1)!, streams);
}

function inPlace({ stages }: Written, streams: readonly Written[]): readonly string[] {
  const [first, ...others] = stages;
  const at = streams.findIndex(({ name }) => name !== undefined && name === first);
  // A stream can only name one before it.
  return at === -1 ? stages : [...inPlace(streams[at]!, streams.slice(0, at)), ...others];
}
