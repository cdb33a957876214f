import { printExpression } from '../../text/printer.ts';
import type { Argument, Call } from '../../tree/tree.ts';

/** What to write for a word that others have, given what was written between its brackets: all of it, and one by one. */
export type Answer = (args: string, list: readonly string[]) => string;

/** Words that are answered in the same way; without brackets the answer is the same whatever is between them. */
export type Answers = readonly (readonly [words: string, answer: string | Answer])[];

export function byWord(answers: Answers): ReadonlyMap<string, Answer> {
  return new Map(
    answers.flatMap(([words, answer]) =>
      words.split(' ').map((word) => [word, typeof answer === 'string' ? () => answer : answer] as const),
    ),
  );
}

/** Another answer where what is named first lies in HDFS. */
export function unlessInHdfs(answer: Answer, inHdfs: Answer): Answer {
  return (args, list) => (/^"s?(?:web)?hdfs:/i.test(list[0] ?? '') ? inHdfs : answer)(args, list);
}

/** The answer for a call. */
export function answerTo(answer: Answer, call: Call): string {
  const list = call.arguments.map(written);
  return answer(list.join(', '), list);
}

export function written({ name, value }: Argument): string {
  const text = value.kind === 'stream' ? '…' : printExpression(value);
  return name === undefined ? text : `${name}: ${text}`;
}

/**
 * A command that does it, as an argument of `exec`: what stands in braces gives way to what was written in the brackets, where that is a plain text or number.
 *
 * @param rest what stands behind the command: further arguments, the closing bracket, stages.
 */
export function execOf(line: string, [first = '']: readonly string[], rest: string): string {
  const given = /^(?:"([\w./:@-]+)"|(\d+))$/.exec(first);
  const filled = line.replace(/\{([^{}]*)\}/, (_braces, other: string) => given?.[1] ?? given?.[2] ?? other);
  return `\`exec(${JSON.stringify(filled)}${rest}\``;
}
