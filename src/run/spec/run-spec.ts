import { VirtualClock } from '../../base/clock.ts';
import { formatProblem } from '../../base/code-frame.ts';
import { formatDuration } from '../../base/duration.ts';
import { toJson } from '../../base/json.ts';
import { parseSpeltJson } from '../../base/number-text.ts';
import { ProgramError } from '../../base/problem.ts';
import { STRING } from '../../base/type.ts';
import { field, isList, type Value } from '../../base/value.ts';
import { aggregates, functions, sinks, sources, stages } from '../../flow/catalog.ts';
import type { SourceContext } from '../../flow/define/context.ts';
import { defineSource, type SourceDefinition } from '../../flow/define/source.ts';
import type { WordList } from '../../flow/define/word-list.ts';
import type { TextArguments } from '../../flow/framing/text.ts';
import { TextOutput } from '../../flow/output/stdout.ts';
import { readInputFile } from '../../flow/sources/stdin.ts';
import { compileProgram } from '../../query/compile.ts';
import { explain } from '../../query/plan/explain.ts';
import { createScope } from '../../query/plan/expression/scope.ts';
import type { Plan } from '../../query/plan/plan.ts';
import type { BatchTime } from '../local/batches/batch-time.ts';
import { LocalRun } from '../local/local-run.ts';
import type { Workers } from '../local/options/workers.ts';
import { FastLane } from '../local/steps/fast-lane.ts';
import type { Watcher } from '../local/steps/watcher.ts';
import { type Expected, parseSpec, printExpected, type Spec } from './spec-file.ts';

/** How the lines of a spec are cut out of a file. */
const LINES: TextArguments = { delimiter: '\n', maxLine: Number.POSITIVE_INFINITY, tag: false };

/** Stands at the end of a line that goes on. */
const MORE = '…';

/** What a spec gave: what it expected and what came out, both as they stand in a file, or the file as it would be right. */
export interface SpecResult {
  readonly sentence: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly actual: string;
  /** The whole file with the expectations rewritten. */
  readonly rewritten: string;
}

/** In what way a spec is run, which is to make no difference. */
export interface SpecManner {
  /** Whether stages may work on bytes; they do unless said. */
  readonly kernels?: boolean;
  /** Takes the steps as they are made. */
  readonly memory?: (plan: Plan) => Watcher;
  /** Cuts the lines of bounded input into those that come together; all do unless said. */
  readonly cut?: (lines: readonly string[]) => readonly (readonly string[])[];
  /** Has bounded input read from a file by several threads: who they are, and what the file with these lines is open as. */
  readonly threads?: (lines: readonly string[], program: string) => { readonly fd: number; readonly workers: Workers };
}

/**
 * Runs the text of a spec file.
 *
 * @throws SpecError if the file is not a spec.
 */
export async function runSpec(text: string, manner: SpecManner = {}): Promise<SpecResult> {
  const parsed = parseSpec(text);
  const isInLane = manner.memory === undefined && manner.threads === undefined && manner.kernels !== false;
  const spec = isInLane ? parsed : { ...parsed, expected: withoutLane(parsed.expected) };
  const actual = await observe(spec, manner);
  const expectedText = printExpected(inOrder(spec.expected));
  const actualText = printExpected(abridged(inOrder(actual), spec.expected));
  return {
    sentence: spec.sentence,
    passed: expectedText === actualText,
    expected: expectedText,
    actual: actualText,
    rewritten: `${spec.head}\n\n${printExpected(actual)}\n`,
  };
}

/** What comes out, whichever way it came: steps that are made anew, and threads, are in lanes of their own. */
function withoutLane({ faster: _faster, ...expected }: Expected): Expected {
  return expected;
}

/** Where any order is right, both sides are sorted before they are compared. */
function inOrder(expected: Expected): Expected {
  if (!expected.anyOrder) return expected;
  return { ...expected, out: expected.out.map(({ head, records }) => ({ head, records: [...records].sort() })) };
}

/** A line of a problem that the spec ends with `…` is that line, however it goes on: lists that grow with the language. */
function abridged(actual: Expected, { problem = [] }: Expected): Expected {
  if (actual.problem === undefined) return actual;
  const lines = actual.problem.map((line, i) => {
    const expected = problem[i];
    return expected?.endsWith(MORE) === true && line.startsWith(expected.slice(0, -MORE.length)) ? expected : line;
  });
  return { ...actual, problem: lines };
}

/** What comes out, in the shape of what the spec expects: a plan only where it shows one, text where it sets a format. */
async function observe(spec: Spec, manner: SpecManner): Promise<Expected> {
  const batchTime: BatchTime = { time: 0 };
  const anyOrder = spec.expected.anyOrder;
  const bounded = boundedLines(spec);
  const shared = bounded && manner.threads?.(bounded, spec.program);
  let plan: Plan;
  try {
    plan = compileProgram(spec.program, {
      words: { sources: withInput(spec, manner, shared?.fd), stages, aggregates, sinks },
      expressions: createScope({
        functions,
        imports: new Map(),
        now: () => batchTime.time,
        note: (about, message) => batchTime.note?.(about, message),
      }),
      interval: spec.interval,
    });
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const problem = error.problems
      .map((found) => formatProblem(found, spec.program))
      .join('\n\n')
      .split('\n');
    return { out: [], anyOrder, notes: [], problem };
  }
  const shownPlan = spec.expected.plan === undefined ? {} : { plan: explain(plan).split('\n') };
  if (spec.expected.plan !== undefined && spec.input.length === 0 && spec.expected.out.length === 0) {
    return { out: [], anyOrder, notes: [], ...shownPlan };
  }
  const stdout = new TextOutput();
  const notes: string[] = [];
  const { format = 'batches', batches, once } = spec.settings;
  const fastLane = spec.expected.faster === undefined ? undefined : new FastLane();
  const run = new LocalRun(
    plan,
    {
      interval: spec.interval,
      once,
      ...(batches === undefined ? {} : { batches }),
      clock: new VirtualClock(),
      stdin: 'file',
      stdout,
      format,
      color: false,
      stateMax: 2 ** 31,
      kernels: manner.kernels ?? true,
      ...(fastLane === undefined ? {} : { fastLane }),
      ...(manner.memory === undefined ? {} : { memory: manner.memory(plan) }),
      ...(shared === undefined ? {} : { workers: shared.workers }),
      tell: (line) => notes.push(line),
      trace: (line) => notes.push(line),
    },
    batchTime,
  );
  const result = await run.run();
  if (result.failure !== undefined) notes.push(`exit ${result.exit}: ${result.failure.message}`);
  const text = stdout.text;
  const common = {
    anyOrder,
    notes,
    ...shownPlan,
    ...(fastLane === undefined ? {} : { faster: fastLane.describe(plan) }),
  };
  if (spec.settings.format !== undefined) return { out: [], ...common, text: linesOf(text) };
  const lines = text.split('\n').filter((line) => line !== '');
  return { out: lines.map((line) => readBatch(parseSpeltJson(line), spec.interval)), ...common };
}

/** The lines of what was printed, without empty ones at the end, which a spec file could not show; none if nothing was. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n+$/, '').split('\n');
}

/** The lines of input that is bounded, where it is. */
function boundedLines({ input }: Spec): readonly string[] | undefined {
  return input.find(({ time }) => time === undefined)?.lines;
}

/** The catalog's sources, with standard input replaced by the lines of the spec. @param fd the file that they are read from, open. */
function withInput(spec: Spec, manner: SpecManner, fd: number | undefined): WordList<SourceDefinition> {
  return sources.with(scripted(sources.find(({ isDefault }) => isDefault)!, spec, manner, fd));
}

function scripted(
  stdin: SourceDefinition,
  spec: Spec,
  { cut = (lines) => [lines] }: SpecManner,
  fd: number | undefined,
): SourceDefinition {
  const { input, interval } = spec;
  const { kind: _kind, behaviour: _behaviour, ...described } = stdin;
  const words = { ...described, gives: () => STRING };
  const bounded = boundedLines(spec);
  if (bounded !== undefined && fd !== undefined) {
    const open = (_args: unknown, context: SourceContext) => readInputFile(fd, LINES, context);
    return defineSource({ ...words, behaviour: () => ({ kind: 'bounded', shared: true, open }) });
  }
  if (bounded !== undefined) {
    return defineSource({
      ...words,
      behaviour: () => ({
        kind: 'bounded',
        open: (_args, context) => ({
          async run() {
            if (bounded.length === 0) return;
            const origin = context.origin(stdin.name);
            for (const lines of cut(bounded)) {
              await context.deliver({ kind: 'text', origin, bytes: Buffer.from(`${lines.join('\n')}\n`) });
            }
          },
        }),
      }),
    });
  }
  const last = Math.max(0, ...input.map(({ time }) => Math.ceil(time! / interval)));
  const lists = Array.from({ length: last }, (_, batch) =>
    input.filter(({ time }) => Math.ceil(time! / interval) === batch + 1).flatMap(({ lines }) => lines),
  );
  const open = () => (index: number) => lists[index] && { values: lists[index] };
  return defineSource({ ...words, behaviour: () => ({ kind: 'batches', open }) });
}

/** An object of the `batches` format as an `out` section. The span is left out where it is the batch's own. */
function readBatch(batch: Value, interval: number): { head: string; records: readonly string[] } {
  const time = field(batch, 'time') as number;
  const start = field(batch, 'start') as number;
  const end = field(batch, 'end') as number;
  const output = field(batch, 'output');
  const records = field(batch, 'records');
  const isOwn = end === time && start === time - interval;
  const head = [
    formatDuration(time),
    ...(output === null ? [] : [`#${output}`]),
    ...(isOwn ? [] : [`${formatDuration(start)}..${formatDuration(end)}`]),
    ...(field(batch, 'partial') === true ? ['partial'] : []),
  ].join(' ');
  return { head, records: isList(records) ? records.map(toJson) : [] };
}
