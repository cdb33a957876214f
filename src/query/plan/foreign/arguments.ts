import { printExpression } from '../../text/printer.ts';
import type { Argument, Call } from '../../tree/tree.ts';
import { written } from './answer.ts';

/** What to write for an argument that others have, given its value; undefined where it is left out. */
type ArgumentAnswer = (value: string) => string | undefined;

const DESCENDING: ArgumentAnswer = (value) => (value === 'false' ? undefined : 'desc: true');

const JOINS = 'join leftOuterJoin rightOuterJoin fullOuterJoin';

/** Names of arguments that others have, by the words that take them. */
const ANSWERS: readonly (readonly [words: string, names: string, answer: ArgumentAnswer])[] = [
  ['csv', 'sep separator delim fieldSeparator fs', (value) => `delimiter: ${value}`],
  ['csv tsv', 'headers hasHeader head', (value) => `header: ${value}`],
  ['csv tsv', 'fields names schema', (value) => `columns: ${value}`],
  ['sortBy', 'descending reverse reversed', DESCENDING],
  ['sortBy', 'ascending asc', (value) => (value === 'false' ? 'desc: true' : undefined)],
  ['chart', 'y data values of number', (value) => `value: ${value}`],
  ['chart', 'by group series color colour label labels name', (value) => `key: ${value}`],
  ['chart', 'type style', (value) => value],
  ['files tail watch', 'filename fileName source path_column withName', () => 'tag: true'],
  ['listen udp syslog flume scribe', 'address bind ip interface', (value) => `host: ${value}`],
  ['lookup', 'by column left', (value) => `on: ${value}`],
  ['lookup', 'right id', (value) => `key: ${value}`],
  ['window session', 'by time ts timestamp column', (value) => `on: ${value}`],
  ['window session', 'lateness watermark delay allowedLateness', (value) => `late: ${value}`],
  [JOINS, 'time ts timestamp', (value) => `on: ${value}`],
  [JOINS, 'interval window', (value) => `within: ${value}`],
  [JOINS, 'lateness watermark delay allowedLateness grace', (value) => `late: ${value}`],
  ['window', 'step every hop', (value) => `slide: ${value}`],
  ['window', 'size duration', (value) => `length: ${value}`],
];

/**
 * The call as it is meant, where an argument has a name that others have for it: `csv(delimiter: ";")` for `csv(sep: ";")`; undefined where
 * nothing is known of the name.
 */
export function meantByName(call: Call, argument: Argument): string | undefined {
  if (answerTo(call, argument) === undefined) return undefined;
  // All of them at once: what is answered is to run.
  const all = call.arguments.flatMap((one) => {
    const answer = answerTo(call, one);
    return (answer === undefined ? written(one) : answer(textOf(one))) ?? [];
  });
  return `${call.name}(${all.join(', ')})`;
}

function answerTo(call: Call, { name }: Argument): ArgumentAnswer | undefined {
  if (name === undefined) return undefined;
  return ANSWERS.find(([words, names]) => words.split(' ').includes(call.name) && names.split(' ').includes(name))?.[2];
}

/** What is said of an argument that no other one stands for. */
export function insteadOf(call: Call, argument: Argument): string | undefined {
  if (call.name === 'exec' && /^(?:every|interval|period|repeat)$/.test(argument.name!)) {
    const command = call.arguments[0]?.value;
    const text = command?.kind === 'literal' && typeof command.value === 'string' ? command.value : 'df';
    const pause = argument.value.kind === 'literal' ? Number(argument.value.value) / 1000 : Number.NaN;
    const line = `while :; do ${text}; sleep ${pause > 0 ? pause : 5}; done`;
    return `a command again and again: \`exec(${JSON.stringify(line)})\``;
  }
  if (/^(?:dedupe|distinct)$/.test(call.name) && argument.name === 'keep') {
    const by = call.arguments.find(({ name }) => name === undefined);
    return `it keeps the first; the last of each is \`groupBy(${by === undefined ? '.id' : textOf(by)}, {last: last(_)}) | map(.last)\``;
  }
  return undefined;
}

/** The call with something else in the place of one of its arguments, or without it. */
export function withOther(call: Call, argument: Argument, other: string | undefined): string {
  const all = call.arguments.flatMap((one) => {
    if (one === argument) return other === undefined ? [] : [other];
    return [written(one)];
  });
  return `${call.name}(${all.join(', ')})`;
}

function textOf({ value }: Argument): string {
  return value.kind === 'stream' ? '…' : printExpression(value);
}
