import { aggregates, functions, sinks, sources, stages } from '../../flow/catalog.ts';
import type { Parameter, Parameters } from '../../flow/parameters.ts';
import { lex } from '../../query/text/lexer.ts';
import { closerOf, closingOf, endsValue, type Token } from '../../query/text/token.ts';
import type { Candidate } from './candidate.ts';
import { pathsLike } from './paths.ts';

/** What could stand at the end of a program that is being written. `start` is where in the text the candidates begin. */
export interface Completions {
  readonly start: number;
  readonly candidates: readonly Candidate[];
}

/** Completes a program at its end: `json | cou` is offered `count`, `countBy`, …; nothing is checked otherwise. */
export function completeProgram(text: string): Completions {
  const { tokens, problems } = lex(text);
  const before = tokens.filter(({ kind }) => kind !== 'end');
  if (problems.some(({ code }) => code === 'unclosed-template' || code === 'unclosed-regex')) return none(text);
  const last = before.at(-1);
  const isOpenText = last?.kind === 'string' && problems.some(({ code }) => code === 'unclosed-string');
  if (isOpenText) return insideText(before.slice(0, -1), last.value, last.place.start + 1);
  if (last?.kind !== 'name' || last.place.end < text.length) return within(text, text.length, before);
  return within(text, last.place.start, before.slice(0, -1));
}

function none(text: string): Completions {
  return { start: text.length, candidates: [] };
}

function within(text: string, start: number, before: readonly Token[]): Completions {
  const begun = text.slice(start);
  const candidates = candidatesAt(before).filter((candidate) => candidate.text.startsWith(begun));
  return { start, candidates: unique(candidates) };
}

/** An open bracket, and what stands before and in it. */
interface Frame {
  readonly opener: string;
  /** The word that is called: `files` in `files(`. */
  readonly call: string | undefined;
  /** How many commas stand in it so far. */
  argument: number;
  /** The name of the argument under way: `host:`. */
  name: string | undefined;
  readonly names: string[];
}

function framesOf(tokens: readonly Token[]): Frame[] {
  const frames: Frame[] = [];
  tokens.forEach((token, at) => {
    const frame = frames.at(-1);
    const previous = tokens[at - 1];
    if (closingOf(token) !== undefined) frames.pop();
    if (closerOf(token) !== undefined) {
      const call = token.text === '(' && previous?.kind === 'name' ? previous.text : undefined;
      frames.push({ opener: token.text, call, argument: 0, name: undefined, names: [] });
    } else if (frame !== undefined && token.text === ',') {
      frame.argument++;
      frame.name = undefined;
    } else if (frame !== undefined && token.text === ':' && previous?.kind === 'name') {
      frame.name = previous.text;
      frame.names.push(previous.text);
    }
  });
  return frames;
}

function candidatesAt(before: readonly Token[]): readonly Candidate[] {
  const last = before.at(-1);
  const frames = framesOf(before);
  const frame = frames.at(-1);
  if (last?.text === '.') return endsValue(before.at(-2)) ? methods() : [];
  if (frame === undefined) return atTop(before);
  if (endsValue(last)) return [];
  const parameters = frame.call === undefined ? undefined : parametersOf(frame.call);
  const parameter = parameters && parameterOf(parameters, frame);
  if (last?.text === '|' || parameter?.accepts.kind === 'stream') return inStream(before, parameter);
  if (frame.opener === '{') return insideBraces(frames);
  if (parameter?.accepts.kind === 'boolean') return ['true', 'false'].map((text) => ({ text, summary: '' }));
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
  return [];
}

/** Between the brackets of a word that takes a stream: its first stage, or one behind `|`. */
function inStream(before: readonly Token[], parameter: Parameter<unknown> | undefined): readonly Candidate[] {
  if (before.at(-1)?.text === '|') return words(stages);
  const isFlowing = parameter?.accepts.kind === 'stream' && parameter.accepts.flowing;
  return isFlowing ? words(stages) : [...lets(before), ...words(sources)];
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

function insideText(before: readonly Token[], begun: string, start: number): Completions {
  const frame = framesOf(before).at(-1);
  const parameters = frame?.call === undefined ? undefined : parametersOf(frame.call);
  const parameter = frame && parameters && parameterOf(parameters, frame);
  if (parameter?.choices !== undefined) {
    const candidates = parameter.choices.map((text) => ({ text, summary: '' }));
    return { start, candidates: candidates.filter(({ text }) => text.startsWith(begun)) };
  }
  const isPath = parameter !== undefined && /\b(path|file|files|directory)\b/.test(parameter.docs);
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
  return [...sources, ...stages, ...sinks, ...aggregates].find((word) => word.name === name)?.parameters;
}

function namedArguments(parameters: Parameters, given: readonly string[]): readonly Candidate[] {
  return Object.entries(parameters)
    .filter(([name, { required, named }]) => (named || !required) && !given.includes(name))
    .map(([name, { docs }]) => ({ text: `${name}:`, summary: docs }));
}

function words(list: readonly { readonly name: string; readonly summary: string }[]): readonly Candidate[] {
  return list.map(({ name, summary }) => ({ text: name, summary }));
}

function values(): readonly Candidate[] {
  return words(functions.filter(({ receiver }) => receiver === undefined));
}

function methods(): readonly Candidate[] {
  return [
    { name: 'length', summary: 'How long a text or a list is' },
    ...functions.filter(({ receiver }) => receiver !== undefined),
  ].map(({ name, summary }) => ({ text: name, summary }));
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
