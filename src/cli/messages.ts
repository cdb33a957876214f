import { toJson } from '../base/json.ts';
import type { Problem, RunFailure } from '../base/problem.ts';
import { hideSecrets } from '../base/secrets.ts';
import type { Fields, Value } from '../base/value.ts';

/**
 * What leat itself says on standard error, as lines for people or, with `--errors json`, as JSON objects, one a line. Each has a `kind`, by which
 * programs tell them apart:
 *
 *     problem    a mistake of the program: code, message, line, column, text, label, help
 *     usage      a mistake of the command line
 *     note       something worth knowing; the run goes on
 *     bad        the first bad record of its reason: source, line, reason, text
 *     sum        how many records were bad or late
 *     trace      what a stage shows: `tap`, `assert`
 *     failure    why a run has failed: code, exit, message, help
 *     stats      what went through each stage, with `--stats`
 *     end        how a run went: exit, records, bad, late, batches
 */
interface Messages {
  /** @param data has the same for programs, where it is more than a line. */
  note(line: string, data?: Value): readonly string[];
  trace(line: string): readonly string[];
  failure(failure: Pick<RunFailure, 'code' | 'exit' | 'message' | 'help'>): readonly string[];
  usage(line: string, help?: string): readonly string[];
  stats(lines: () => readonly string[], data: Fields): readonly string[];
  end(result: EndOfRun): readonly string[];
}

interface EndOfRun {
  readonly exit: number;
  readonly records: number;
  readonly bad: number;
  readonly late: number;
  readonly batches: number;
}

const FOR_PEOPLE: Messages = {
  note: (line) => [`leat: ${line}`],
  trace: (line) => [line],
  failure: ({ message, help }) => [`leat: ${message}`, ...(help === undefined ? [] : [`help: ${help}`])],
  usage: (line, help) => [`leat: ${line}`, ...(help === undefined ? [] : [`help: ${help}`])],
  stats: (lines) => lines(),
  end: () => [],
};

const AS_DATA: Messages = {
  note: (message, data) => [toJson(data ?? { kind: 'note', message })],
  trace: (text) => [toJson({ kind: 'trace', text })],
  failure: ({ code, exit, message, help }) => [toJson({ kind: 'failure', code, exit, message, ...withHelp(help) })],
  usage: (message, help) => [toJson({ kind: 'usage', message, ...withHelp(help) })],
  stats: (_lines, data) => [toJson({ kind: 'stats', ...data })],
  end: ({ exit, records, bad, late, batches }) => [toJson({ kind: 'end', exit, records, bad, late, batches })],
};

/** How the command line wants them. */
export interface Manner {
  readonly errors?: 'json' | 'text';
  readonly quiet?: true;
}

export function messagesAs({ errors, quiet }: Manner): Messages {
  const messages = errors === 'json' ? AS_DATA : FOR_PEOPLE;
  if (quiet !== true) return messages;
  const isSum = (data: Value | undefined) => (data as { readonly kind?: Value } | undefined)?.kind === 'sum';
  return { ...messages, note: (line, data) => (isSum(data) ? messages.note(line, data) : []) };
}

/** A mistake of a program as data. Lines and columns count from 1, columns in characters. @param file is where the program came from. */
export function problemAsData(
  { code, message, label, help, place, also }: Problem,
  text: string,
  file?: string,
): string {
  return toJson({
    kind: 'problem',
    code,
    message,
    ...(file === undefined ? {} : { file }),
    ...placeAsData(place, text),
    ...(label === undefined ? {} : { label }),
    ...withHelp(help),
    ...(also === undefined ? {} : { also: { ...placeAsData(also.place, text), label: also.label } }),
  });
}

function placeAsData({ start, end }: Problem['place'], text: string) {
  const before = text.slice(0, start);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    line: before.split('\n').length,
    column: Array.from(text.slice(lineStart, start)).length + 1,
    text: hideSecrets(text).slice(start, end),
  };
}

function withHelp(help: string | undefined) {
  return help === undefined ? {} : { help };
}
