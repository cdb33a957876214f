import type { Value } from '../../base/value.ts';
import { aggregates, functions, sinks, sources, stages } from '../../flow/catalog.ts';
import type { Parameter, Parameters } from '../../flow/define/parameters.ts';
import { lex } from '../../query/text/lexer.ts';
import { endsValue, type Token } from '../../query/text/token.ts';
import { wordsNamed } from '../words/dictionary.ts';
import type { Candidate } from './candidate.ts';
import { accessBefore, isOwnFunction, membersOf, startOf, typeAt } from './fields.ts';
import { type Frame, framesOf } from './frames.ts';
import { pathsLike } from './paths.ts';
import { type Input, recordType } from './record-type.ts';
import { seenType } from './seen-type.ts';
import { stagesBefore } from './stream-at.ts';

/** What could stand at the end of a program that is being written. `start` is where in the text the candidates begin. */
interface Completions {
  readonly start: number;
  readonly candidates: readonly Candidate[];
}

/**
 * Completes a program at its end: `json | cou` is offered `count`, `countBy`, …; nothing is checked otherwise.
 *
 * @param input the file that comes in by standard input, if that is known: behind a point its fields are offered.
 */
export function completeProgram(text: string, input?: string): Completions {
  return completeIn(text, { file: input });
}

/** Completes stages behind some records, at the end of the text. Nothing outside is looked at: neither files nor the environment. */
export function completeStages(text: string, records: readonly Value[]): Completions {
  return completeIn(text, { records: seenType(records) });
}

function completeIn(text: string, input: Input): Completions {
  const { tokens, problems } = lex(text);
  const before = tokens.filter(({ kind }) => kind !== 'end');
  if (problems.some(({ code }) => code === 'unclosed-template' || code === 'unclosed-regex')) return none(text);
  const last = before.at(-1);
  const isOpenText = last?.kind === 'string' && problems.some(({ code }) => code === 'unclosed-string');
  if (isOpenText) return insideText(before.slice(0, -1), last.value, last.place.start + 1, input);
  const isBegun = last?.kind === 'name' && last.place.end === text.length;
  const start = isBegun ? last.place.start : text.length;
  const whole = isBegun ? before.slice(0, -1) : before;
  const candidates = isPoint(whole.at(-1)) ? membersAt(text, whole, input) : candidatesAt(whole, input);
  const begun = text.slice(start);
  const fitting = candidates.filter(
    (candidate) => candidate.text.startsWith(begun) && (begun !== '' || !candidate.isRare),
  );
  return { start, candidates: unique(fitting) };
}

function none(text: string): Completions {
  return { start: text.length, candidates: [] };
}

function isPoint(token: Token | undefined): boolean {
  return token?.text === '.' || token?.text === '?.';
}

/** What may stand behind a point: fields of the records that come to the stage under way, or methods. */
function membersAt(text: string, before: readonly Token[], input: Input): readonly Candidate[] {
  const frames = framesOf(before);
  const access = accessBefore(before);
  const [frame] = frames;
  const parameters = frame?.call === undefined ? undefined : parametersOf(frame.call);
  const parameter = parameters && parameterOf(parameters, frame!);
  const isKnown = parameter !== undefined && parameter.accepts.kind !== 'stream' && isOwnFunction(frames);
  const record = isKnown && access !== undefined ? recordType(stagesBefore(text, before), input) : undefined;
  const type = record && typeAt(startOf(access!, parameter!, record, before.slice(frame!.start)), access!.path);
  // A name of a field is the user's: where none is known, none is made up.
  return (type === undefined || type.kind === 'unknown') && !endsValue(before.at(-2)) ? [] : membersOf(type);
}

function candidatesAt(before: readonly Token[], input: Input): readonly Candidate[] {
  const last = before.at(-1);
  const frames = framesOf(before);
  const frame = frames.at(-1);
  if (frame === undefined) return 'records' in input ? ofStages(before) : atTop(before);
  if (endsValue(last)) return [];
  const parameters = frame.call === undefined ? undefined : parametersOf(frame.call);
  const parameter = parameters && parameterOf(parameters, frame);
  if (last?.text === '|' || parameter?.accepts.kind === 'stream') return inStream(before, parameter, input);
  if (frame.opener === '{') return insideBraces(frames);
  // `types:` may be more than a flag, but mostly is one.
  const isFlag = parameter?.accepts.kind === 'boolean' || typeof parameter?.fallback === 'boolean';
  if (isFlag) return ['true', 'false'].map((text) => ({ text, summary: '' }));
  const named = last?.text === ':' || parameters === undefined ? [] : namedArguments(parameters, frame.names);
  return [...named, ...values()];
}

/** Outside of all brackets: a stage, or what starts a stream. */
function atTop(before: readonly Token[]): readonly Candidate[] {
  const last = before.at(-1);
  if (last?.text === '|') return [...words(stages), ...words(sinks)];
  if (last === undefined || last.text === ';' || last.text === '=') {
    const start = last?.text === '=' ? [] : [{ text: 'let', summary: 'a name for a stream' }];
    return [...words(sources), ...lets(before), ...words(stages), ...words(sinks), ...start];
  }
  return isBehindStage(before) ? [{ text: 'as', summary: 'a name for the stage', isRare: true }] : [];
}

/** The same of what stands behind records that are there: no stream is begun, and none goes elsewhere. */
function ofStages(before: readonly Token[]): readonly Candidate[] {
  const last = before.at(-1);
  return last === undefined || last.text === '|' ? words(stages) : [];
}

/** Whether a stage has come to its end, which has no name yet. */
function isBehindStage(before: readonly Token[]): boolean {
  const [name, last] = [before.at(-2), before.at(-1)];
  return last?.text === ')' || (last?.kind === 'name' && !['as', 'let'].includes(last.text) && name?.text !== 'let');
}

/** Between the brackets of a word that takes a stream: its first stage, or one behind `|`. */
function inStream(
  before: readonly Token[],
  parameter: Parameter<unknown> | undefined,
  input: Input,
): readonly Candidate[] {
  if (before.at(-1)?.text === '|') return words(stages);
  const isFlowing = parameter?.accepts.kind === 'stream' && parameter.accepts.flowing;
  if (isFlowing) return words(stages);
  return 'records' in input ? [] : [...lets(before), ...words(sources)];
}

/** `{n: ` is an aggregate where the word takes aggregates there, a value otherwise. Names of fields are the user's. */
function insideBraces(frames: readonly Frame[]): readonly Candidate[] {
  const frame = frames.at(-1)!;
  if (frame.name === undefined) return [];
  const call = frames.at(-2);
  const parameters = call?.call === undefined ? undefined : parametersOf(call.call);
  const takes = call && parameters && parameterOf(parameters, call)?.accepts.kind;
  return takes === 'aggregates' ? words(aggregates) : values();
}

function insideText(before: readonly Token[], begun: string, start: number, input: Input): Completions {
  const frame = framesOf(before).at(-1);
  const parameters = frame?.call === undefined ? undefined : parametersOf(frame.call);
  const parameter = frame && parameters && parameterOf(parameters, frame);
  if (parameter?.choices !== undefined) {
    const candidates = parameter.choices.map((text) => ({ text, summary: '' }));
    return { start, candidates: candidates.filter(({ text }) => text.startsWith(begun)) };
  }
  const isPath = 'file' in input && parameter !== undefined && /\b(path|file|files|directory)\b/.test(parameter.docs);
  return { start, candidates: isPath ? pathsLike(begun) : [] };
}

/** The parameter that the argument under way is for. */
function parameterOf(parameters: Parameters, { argument, name }: Frame): Parameter<unknown> | undefined {
  if (name !== undefined) return Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  const positional = Object.values(parameters).filter(({ named }) => !named);
  const last = positional.at(-1);
  return positional[argument] ?? (last?.rest ? last : undefined);
}

function parametersOf(name: string): Parameters | undefined {
  return wordsNamed(name)[0]?.parameters;
}

function namedArguments(parameters: Parameters, given: readonly string[]): readonly Candidate[] {
  return Object.entries(parameters)
    .filter(([name, { required, named }]) => (named || !required) && !given.includes(name))
    .map(([name, { docs }]) => ({ text: `${name}:`, summary: docs }));
}

interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
}

function words(all: Iterable<Named>): readonly Candidate[] {
  const list = [...all];
  return [
    ...list.map(({ name, summary }) => ({ text: name, summary })),
    ...list.flatMap(({ name, aliases = [] }) =>
      aliases.map((text) => ({ text, summary: `another name of ${name}`, isRare: true })),
    ),
  ];
}

function values(): readonly Candidate[] {
  return words([...functions].filter(({ receiver }) => receiver === undefined));
}

/** The streams that have got a name. */
function lets(tokens: readonly Token[]): readonly Candidate[] {
  return tokens.flatMap((token, at) => {
    const name = tokens[at + 1];
    const isLet = token.text === 'let' && name?.kind === 'name' && tokens[at + 2]?.text === '=';
    return isLet ? [{ text: name.text, summary: 'a stream of this program' }] : [];
  });
}

function unique(candidates: readonly Candidate[]): readonly Candidate[] {
  const texts = new Set<string>();
  return candidates.filter(({ text }) => !texts.has(text) && texts.add(text));
}
