import type { Type } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { aggregates, functions, sinks, sources, stages } from '../../flow/catalog.ts';
import type { Origin } from '../../flow/define/chunk.ts';
import type { SourceDefinition } from '../../flow/define/source.ts';
import type { Step } from '../../flow/define/step.ts';
import { pushLines } from '../../flow/framing/lines.ts';
import { compileProgram } from '../../query/compile.ts';
import { createScope } from '../../query/plan/expression/scope.ts';
import { inputsOf, type Node, type Plan } from '../../query/plan/plan.ts';
import { lex } from '../../query/text/lexer.ts';
import { stageStep } from '../../run/local/steps/build-steps.ts';
import { noRun } from '../../run/local/steps/run-context.ts';
import { RunCursor } from '../../run/local/steps/run-cursor.ts';
import { givesSome } from '../../run/serve/gives-some.ts';
import { sampleOf } from './sample.ts';
import { seenType } from './seen-type.ts';

/** What a program reads that names no source. */
const DEFAULT = sources.find(({ isDefault }) => isDefault)!;
/** So many records are looked at. */
const MOST = 500;

/** What the stages have before them: the file that comes in by standard input, if that is known, or records of a type. */
export type Input = { readonly file: string | undefined } | { readonly records: Type };

/**
 * What the records are that come out of some stages, as far as it can be known without running the program: the first lines of the file
 * that it reads are parsed, and types say what the other stages make of them. Nothing is written, and nothing is read but the start of
 * that file.
 *
 * @param written the stages as they are written, from the start of their stream.
 * @returns undefined where a stage is mistaken, or nothing is known.
 */
export function recordType(written: readonly string[], input: Input): Type | undefined {
  try {
    if ('records' in input) return typeBehindRecords(written, input.records);
    return typeBehind(written, input.file);
  } catch {
    // A program under way may be wrong in any way. Somebody who completes a word is not told of it now.
    return undefined;
  }
}

/**
 * Behind records that are there the stages are somebody else's, who may make the compiler work without end (what is constant in them is worked
 * out): they are told by their names alone.
 */
function typeBehindRecords(written: readonly string[], records: Type): Type | undefined {
  const known = written.every((stage) => {
    const definition = stages.get(nameOf(stage) ?? '');
    return definition !== undefined && givesSome(definition);
  });
  return known ? records : undefined;
}

function typeBehind(written: readonly string[], input: string | undefined): Type | undefined {
  const source = sources.get(nameOf(written[0]) ?? '');
  const file = source === undefined || source === DEFAULT ? input : pathIn(source, written[0]!);
  const rest = source === undefined ? written : written.slice(1);
  const lines = file === undefined ? undefined : sampleOf(file);
  if (lines === undefined) return typeOf(written.length === 0 ? DEFAULT.name : written.join(' | '));
  const end = rest.findIndex((stage) => !isForSample(stage));
  const ahead = end === -1 ? rest : rest.slice(0, end);
  const records = recordsOf(ahead, lines);
  if (records.length === 0) return typeOf(written.join(' | '));
  const type = seenType(records);
  return ahead.length === rest.length ? type : typeOf([DEFAULT.name, ...rest.slice(ahead.length)].join(' | '), type);
}

function nameOf(stage: string | undefined): string | undefined {
  return lex(stage ?? '').tokens[0]?.text;
}

function pathIn({ opensFiles }: SourceDefinition, stage: string): string | undefined {
  if (opensFiles !== true) return undefined;
  const [, open, path] = lex(stage).tokens;
  return open?.text === '(' && path?.kind === 'string' ? path.value : undefined;
}

/** Whether a stage sees one record at a time and touches nothing else, so that it can be tried on some lines. */
function isForSample(stage: string): boolean {
  const definition = stages.get(nameOf(stage) ?? '');
  return definition?.group === 'parser' || (definition?.group === 'record' && definition.behaviour.kind === 'record');
}

/** @param given the type of what standard input gives, instead of texts. */
function compile(text: string, given?: Type): Plan {
  const own = given === undefined ? sources : sources.with({ ...DEFAULT, gives: () => given });
  const expressions = createScope({ functions, imports: new Map(), now: () => 0 });
  // Windows of any length fit the shortest interval.
  return compileProgram(text, {
    words: { sources: own, stages, aggregates, sinks },
    expressions,
    interval: 1,
  });
}

function typeOf(text: string, given?: Type): Type | undefined {
  return lastOf(compile(text, given))?.type;
}

/** The last stage, before what prints. */
function lastOf({ outputs }: Plan): Node | undefined {
  const output = outputs.at(-1);
  return output?.kind === 'sink' ? output.input : output;
}

/** What some lines become in stages that see one record at a time. */
function recordsOf(ahead: readonly string[], lines: Buffer): readonly Value[] {
  const records: Value[] = [];
  const origin: Origin = { id: 0, name: '', source: 0, lines: 0 };
  const cursor = new RunCursor();
  cursor.origin = origin;
  const run = noRun(cursor);
  let step: Step = {
    push: (record) => void (records.length < MOST && records.push(record)),
    close() {},
    advance() {},
    finish() {},
  };
  let node = lastOf(compile([DEFAULT.name, ...ahead].join(' | ')));
  for (; node?.kind === 'stage'; node = inputsOf(node)[0]) step = stageStep(node, run, step);
  pushLines(lines, cursor, (line) => step.push(line));
  return records;
}
