import { VirtualClock } from '../../base/clock.ts';
import { toJson } from '../../base/json.ts';
import { parseSpeltJson } from '../../base/number-text.ts';
import { type Problem, ProgramError, type RunFailure } from '../../base/problem.ts';
import type { Fields, Value } from '../../base/value.ts';
import { aggregates, functions, stages } from '../../flow/catalog.ts';
import { defineSink } from '../../flow/define/sink.ts';
import { defineSource } from '../../flow/define/source.ts';
import type { Step } from '../../flow/define/step.ts';
import { WordList } from '../../flow/define/word-list.ts';
import { compileProgram } from '../../query/compile.ts';
import { createScope } from '../../query/plan/expression/scope.ts';
import { isWritten, type Node, type Plan, windowSpecOf } from '../../query/plan/plan.ts';
import { mannerOf } from '../local/output/manner.ts';
import { buildSteps } from '../local/steps/build-steps.ts';
import { runContext } from '../local/steps/run-context.ts';
import { Refusal } from './refusal.ts';
import { rowKeysOf } from './row-keys.ts';
import type { SentResult, ThenMessage, ThenTask } from './then-message.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Stages that somebody sends may keep so much between batches, bytes (estimated). */
const MOST_STATE = 64 * 1024 * 1024;
/** They may give so many rows a result, and so much text. */
const MOST_ROWS = 10_000;
const MOST_TEXT = 8 * 1024 * 1024;
/** Arguments by which a stage reaches out of the program, beside names of files and what is secret. */
const REACHES_OUT = ['exec', 'http'];

/** Stages behind a view: what somebody sends with `?then=`. They work on results and reach nothing else. */
export class ThenWork {
  readonly ready: Extract<ThenMessage, { kind: 'ready' }>;
  private readonly step: Step;
  private readonly clock = new VirtualClock();
  private readonly intake = new Intake();
  private failure: RunFailure | undefined;

  /** @throws Refusal where the stages are no program, or reach for more than results. */
  constructor(task: ThenTask) {
    const plan = compiled(task, () => this.clock.now());
    const [source] = plan.sources;
    const [output] = plan.outputs;
    if (source === undefined || output?.kind !== 'sink') throw new Error('a program without a source or a sink');
    const { isAggregated, isFlowing } = mannerOf(output.input);
    const { clock } = this;
    const telling = {
      cursor: { origin: null, line: 0, text: () => '' },
      bad() {},
      late() {},
      note() {},
      trace() {},
      fail: (failure: RunFailure) => {
        this.failure ??= failure;
      },
    };
    const frame = { interval: task.interval, clock, live: true, stateMax: MOST_STATE, now: () => clock.now() };
    const run = runContext(frame, telling);
    this.step = buildSteps(plan, { run, openSink: () => this.intake, format: 'json', watchers: [] }).get(source)!;
    this.ready = {
      kind: 'ready',
      rowKeys: isAggregated ? rowKeysOf(output.input, true) : task.rowKeys,
      isLog: task.isLog && isFlowing,
      type: output.input.type,
    };
  }

  /** One result of the view. @returns what comes of it. @throws Refusal. */
  batch({ span, records }: SentResult): readonly SentResult[] {
    this.clock.moveTo(span.time);
    for (const record of parseSpeltJson(records) as readonly Value[]) this.step.push(record);
    this.step.close(span);
    this.step.advance(span.time);
    const { failure } = this;
    if (failure !== undefined) throw new Refusal(503, `then-${failure.code}`, failure.message, failure.help);
    return this.intake.taken();
  }
}

/** Takes what comes out, as far as there is room. */
class Intake {
  private open: string[] = [];
  private length = 0;
  private results: SentResult[] = [];

  push(record: Value): void {
    const text = toJson(record);
    this.length += text.length;
    this.open.push(text);
    if (this.open.length > MOST_ROWS || this.length > MOST_TEXT) {
      throw new Refusal(
        413,
        'then-too-much',
        this.open.length > MOST_ROWS
          ? `?then= gives at most ${MOST_ROWS.toLocaleString('en-US')} rows, and these stages give more`
          : '?then= gives at most 8 MB, and these stages give more',
        'let fewer through: filter(…), top(10), take(100)',
      );
    }
  }

  close(span: SentResult['span']): void {
    this.results.push({ span, records: `[${this.open.join(',')}]` });
    this.open = [];
    this.length = 0;
  }

  taken(): readonly SentResult[] {
    const { results } = this;
    this.results = [];
    return results;
  }

  blocked(): undefined {}

  async finish(): Promise<void> {}
}

/** The plan of the stages, behind a source that stands for the view. */
function compiled({ stages: text, type, interval }: ThenTask, now: () => number): Plan {
  const view = defineSource({
    name: 'view',
    summary: 'The results of the view',
    docs: 'What the view gives, batch by batch.',
    examples: [],
    parameters: {},
    isDefault: true,
    gives: () => type,
    behaviour: () => ({ kind: 'batches', open: () => () => undefined }),
  });
  const print = defineSink({
    name: 'print',
    summary: 'Who has asked',
    docs: 'Sends the results to who has asked.',
    examples: [],
    parameters: {},
    prints: true,
    promise: 'again',
    create: () => new Intake(),
  });
  let plan: Plan;
  try {
    const expressions = createScope({ functions, imports: new Map(), now });
    plan = compileProgram(text, {
      words: {
        sources: new WordList({ view }),
        stages: stages.changed(withoutSecrets),
        aggregates,
        sinks: new WordList({ print }),
      },
      expressions,
      interval,
    });
  } catch (error) {
    if (error instanceof ProgramError) throw refusalOf(error.problems, text);
    throw error;
  }
  if (plan.outputs.length !== 1)
    throw new Refusal(400, 'then-streams', '?then= is one stream of stages', 'filter(.n > 1) | top(5)');
  for (const node of plan.nodes) checkReach(node);
  return plan;
}

/** @throws Refusal where a stage reads or writes what lies outside. */
function checkReach(node: Node): void {
  const files = 'it reads and writes no files and runs no commands';
  if (node.kind === 'sink' && isWritten(node)) throw outside(node.call.name, 'it has no sinks');
  const window = windowSpecOf(node);
  if (window?.kind === 'event' && window.lateTo !== undefined) throw outside('window(…, lateTo: …)', files);
  if (node.kind !== 'stage' && node.kind !== 'streams') return;
  if (node.kind === 'stage' && node.definition.reachesOut === true) throw outside(node.call.name, files);
  for (const [name, { accepts }] of Object.entries(node.definition.parameters)) {
    const isNamed = accepts.kind === 'text' && (accepts.isPath === true || accepts.isSecret === true);
    const isKept = accepts.kind === 'states' && !Array.isArray(node.arguments[name]);
    if (isKept) throw outside(`${node.call.name}(…, ${name}: checkpoint(…))`, files);
    if ((isNamed || REACHES_OUT.includes(name)) && node.arguments[name] !== undefined) {
      throw outside(`${node.call.name}(…, ${name}: …)`, files);
    }
  }
}

function outside(what: string, why: string): Refusal {
  return new Refusal(
    400,
    'then-reaches-out',
    `\`${what}\` cannot stand in ?then=: ${why}`,
    'stages, functions and aggregates can: filter(.n > 1) | top(5)',
  );
}

/** All mistakes of the stages; the first is what is said in a line. */
function refusalOf(problems: readonly Problem[], text: string): Refusal {
  const [first] = problems;
  const all = problems.slice(0, 20).map((problem) => asData(problem, text));
  return new Refusal(400, first!.code, first!.message, first!.help, { more: { ...all[0]!, problems: all } });
}

function asData({ code, message, label, help, place }: Problem, text: string): Fields {
  return {
    code,
    message,
    ...(label === undefined ? {} : { label }),
    ...(help === undefined ? {} : { help }),
    place: { start: place.start, end: place.end, text: text.slice(place.start, place.end) },
  };
}
