import type { ColumnWord } from '../../../flow/define/analytic.ts';
import type { WordList } from '../../../flow/define/word-list.ts';
import type { Argument, Call } from '../../tree/tree.ts';
import { answerTo, written } from './answer.ts';
import { SOURCES } from './sources.ts';
import { SPARK } from './spark.ts';
import { STAGES } from './stages.ts';
import { AGGREGATES, FUNCTIONS } from './values.ts';

/** What is said of a word that others have. */
interface ForeignWord {
  readonly label: string;
  readonly help: string;
}

/**
 * What to write instead of a word that others have and that is none of ours; undefined for all other words. Many mean one thing where
 * a stream starts, and another one behind a stage: `tcp`, `kafka`, `file`.
 */
export function foreignWord(call: Call, isFirst: boolean): ForeignWord | undefined {
  const spark = SPARK.get(call.name);
  if (spark !== undefined) return { label: "Spark's word", help: answerTo(spark, call) };
  const [here, there] = isFirst ? [SOURCES, STAGES] : [STAGES, SOURCES];
  const answer = here.get(call.name);
  if (answer !== undefined)
    return { label: isFirst ? 'no word of a source here' : 'no word of a stage here', help: answerTo(answer, call) };
  const elsewhere = there.get(call.name);
  if (elsewhere === undefined) return undefined;
  const place = isFirst ? 'behind a source' : 'where a stream starts';
  return { label: `it could only stand ${place}`, help: `${place}, ${answerTo(elsewhere, call)}` };
}

/** What is said of a word wherever it stands, for help. */
export function answersFor(word: string): readonly { readonly where: string; readonly answer: string }[] {
  const places = [
    ['in Spark', SPARK],
    ['where a stream starts', SOURCES],
    ['behind a stage', STAGES],
    ['of a group or a batch', AGGREGATES],
    ['in an expression', FUNCTIONS],
  ] as const;
  return places.flatMap(([where, words]) => {
    const answer = (words.get(word) ?? words.get(word.toLowerCase()))?.('', []);
    return answer === undefined ? [] : [{ where, answer }];
  });
}

/** What to write for a word that others have for an aggregate: by itself, or by what the aggregates say of themselves. */
export function aggregateMeant(call: Call, aggregates: WordList<ColumnWord>): string | undefined {
  const answer = AGGREGATES.get(call.name) ?? AGGREGATES.get(call.name.toLowerCase());
  if (answer !== undefined) return answerTo(answer, call);
  const name = call.name.toLowerCase();
  const same = [...aggregates].filter(({ synonyms }) => synonyms?.some((other) => other.toLowerCase() === name));
  return same.length === 0
    ? undefined
    : `what others call \`${call.name}\` is ${same.map((word) => `\`${word.name}\``).join(' or ')} here`;
}

/** What to write for a word that others have for a function; undefined for all other words. */
export function functionMeant(name: string, args: readonly Argument[]): string | undefined {
  const answer = FUNCTIONS.get(name);
  const list = args.map(written);
  return answer?.(list.join(', '), list);
}
