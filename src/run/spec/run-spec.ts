import { VirtualClock } from '../../base/clock.ts';
import { formatProblem } from '../../base/code-frame.ts';
import { formatDuration } from '../../base/duration.ts';
import { toJson } from '../../base/json.ts';
import { parseSpeltJson } from '../../base/number-text.ts';
import { ProgramError } from '../../base/problem.ts';
import { field, isList, type Value } from '../../base/value.ts';
import type { FileSystem } from '../../flow/define/file-system.ts';
import { TextOutput } from '../../flow/output/stdout.ts';
import { explain } from '../../query/plan/explain.ts';
import type { BatchTime } from '../local/batches/batch-time.ts';
import { LocalRun } from '../local/local-run.ts';
import { FastLane } from '../local/steps/fast-lane.ts';
import { Machine } from '../trials/machine.ts';
import { asDealt, asFile, asLists, asPieces, asTheyCome, BEFORE, boundedLines, listsOf } from './scripted-input.ts';
import { type Expected, parseSpec, printExpected, type Spec } from './spec-file.ts';
import { optionsOf, planOf, type SpecManner } from './started.ts';

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

/**
 * Runs the text of a spec file.
 *
 * @throws SpecError if the file is not a spec.
 */
export async function runSpec(text: string, manner: SpecManner = {}): Promise<SpecResult> {
  const parsed = parseSpec(text);
  const { memory, threads, cluster, kernels } = manner;
  const isInLane = memory === undefined && threads === undefined && cluster === undefined && kernels !== false;
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
  const { anyOrder } = spec.expected;
  const nothing = { out: [], anyOrder, notes: [], files: [] };
  let shownPlan = {};
  try {
    const plan = planOf(spec, () => asLists([]), { time: 0 });
    if (spec.expected.plan !== undefined) shownPlan = { plan: explain(plan).split('\n') };
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const problems = error.problems.map((found) => formatProblem(found, spec.program));
    return { ...nothing, problem: problems.join('\n\n').split('\n') };
  }
  const isPlanOnly = spec.expected.plan !== undefined && spec.input.length === 0 && spec.expected.out.length === 0;
  if (isPlanOnly) return { ...nothing, ...shownPlan };
  const { text, notes, files, ...rest } = await (spec.interruptions.length > 0 ? goThrough : runOnce)(spec, manner);
  const common = { anyOrder, notes, files: filesOf(spec, files), ...shownPlan, ...rest };
  if (spec.settings.format !== undefined) return { out: [], ...common, text: linesOf(text) };
  const lines = text.split('\n').filter((line) => line !== '');
  return { out: lines.map((line) => readBatch(parseSpeltJson(line), spec.interval)), ...common };
}

/** What a run gave, with the disk that it wrote to. */
interface Given {
  readonly text: string;
  readonly notes: readonly string[];
  readonly files: FileSystem;
  readonly faster?: string;
}

/** In one process, on a clock that is moved by the batches. */
async function runOnce(spec: Spec, manner: SpecManner): Promise<Given> {
  const batchTime: BatchTime = { time: 0 };
  const bounded = boundedLines(spec);
  const shared = bounded && manner.threads?.(bounded, spec.program);
  const spread = manner.cluster?.(bounded, spec.program);
  const fd = shared?.fd ?? spread?.fd;
  const { cut = (lines) => [lines] } = manner;
  const plan = planOf(
    spec,
    (name) => {
      if (spread?.isStream) return asDealt(bounded === undefined ? listsOf(spec) : [bounded]);
      if (bounded === undefined) return asLists(listsOf(spec));
      return fd === undefined ? asPieces(bounded.length === 0 ? [] : cut(bounded), name) : asFile(fd, spread?.path);
    },
    batchTime,
    spread?.isStream,
  );
  const { files } = new Machine();
  const stdout = new TextOutput();
  const notes: string[] = [];
  const fastLane = spec.expected.faster === undefined ? undefined : new FastLane();
  const run = new LocalRun(
    plan,
    {
      ...optionsOf(spec, manner, plan),
      clock: new VirtualClock(),
      stdout,
      ...(spec.expected.files.length === 0 ? {} : { files }),
      ...(fastLane === undefined ? {} : { fastLane }),
      ...(shared === undefined ? {} : { workers: shared.workers }),
      ...(spread === undefined ? {} : { cluster: spread.cluster }),
      // What is there at the start is one batch.
      ...(spread?.isStream && bounded !== undefined ? { once: true } : {}),
      tell: (line) => notes.push(line),
      trace: (line) => notes.push(line),
    },
    batchTime,
  );
  const result = await run.run();
  if (result.failure !== undefined) notes.push(`exit ${result.exit}: ${result.failure.message}`);
  return { text: stdout.text, notes, files, ...(fastLane && { faster: fastLane.describe(plan) }) };
}

/** In one process after the other, as it is interrupted, each going on from what those before it have kept. */
async function goThrough(spec: Spec, { kernels }: SpecManner): Promise<Given> {
  const { interval, input, interruptions } = spec;
  const arrivals = input.flatMap(({ time, lines }) => lines.map((line) => ({ time: time! - BEFORE, line })));
  const times = [...input.map(({ time }) => time!), ...interruptions.map(({ time, lasting }) => time + lasting)];
  // The last batch is over before its source is.
  const end = Math.ceil(Math.max(...times) / interval) * interval + BEFORE;
  const machine = new Machine();
  const processes = await machine.startThrough(
    {
      text: spec.program,
      mayChange: false,
      plan: (batchTime, program) => planOf({ ...spec, program }, (name) => asTheyCome(arrivals, end, name), batchTime),
      // Steps are made anew by new processes.
      options: (plan) => optionsOf(spec, kernels === undefined ? {} : { kernels }, plan),
    },
    interruptions,
  );
  return {
    text: processes.map(({ text }) => text).join(''),
    notes: processes.flatMap(({ notes }) => notes.map(withoutSizes)),
    files: machine.files,
  };
}

/** How much is kept, bytes, depends on the form that it has. */
function withoutSizes(note: string): string {
  return note.replaceAll(/\(\d[\d.]*[kmg]?b\)/g, `(${MORE})`);
}

/** What stands in the files that a spec names. */
function filesOf({ expected }: Spec, files: FileSystem): Expected['files'] {
  return expected.files.map(({ path }) => {
    const status = files.status(path);
    return { path, lines: status === undefined ? ['(no file)'] : linesOf(files.read(path, 0, status.size).toString()) };
  });
}

/** The lines of what was printed, without empty ones at the end, which a spec file could not show; none if nothing was. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n+$/, '').split('\n');
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
