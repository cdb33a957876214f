import type { Call } from '../../tree/tree.ts';
import { answerTo } from './answer.ts';
import { SOURCES } from './sources.ts';
import { SPARK } from './spark.ts';
import { STAGES } from './stages.ts';

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
  ] as const;
  return places.flatMap(([where, words]) => {
    const answer = (words.get(word) ?? words.get(word.toLowerCase()))?.('', []);
    return answer === undefined ? [] : [{ where, answer }];
  });
}

/** What to write behind a stage for a word that others have there, and that is a source of ours; undefined for all other words. */
export function othersStage(call: Call): string | undefined {
  const answer = STAGES.get(call.name);
  return answer && answerTo(answer, call);
}
