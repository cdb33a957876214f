import { nearest } from '../../base/nearest.ts';
import { type Place, type Problem, ProgramError } from '../../base/problem.ts';
import { formatType, formatTypes, mayBePair, type Type, UNKNOWN } from '../../base/type.ts';
import type { AggregateDefinition } from '../../flow/define/aggregate.ts';
import type { SinkDefinition } from '../../flow/define/sink.ts';
import type { SourceDefinition } from '../../flow/define/source.ts';
import type { StageDefinition } from '../../flow/define/stage.ts';
import type { WindowSpec } from '../../flow/define/window-spec.ts';
import type { Described } from '../../flow/define/word.ts';
import { printExpression } from '../text/printer.ts';
import type { Argument, Call, Program, Stream } from '../tree/tree.ts';
import { type ArgumentScope, type ArgumentsResult, asCall, bindArguments } from './check/arguments.ts';
import { type PlanProblem, type PlanProblemCode, planProblem } from './check/codes.ts';
import { Copies } from './check/copies.ts';
import { expandDerived } from './check/derived.ts';
import { aggregateAsStage, foreignStage } from './check/foreign-stages.ts';
import { checkRhythm } from './check/rhythm.ts';
import { checkEventTimePlace, placeWindow, sinkWindow } from './check/windows.ts';
import type { Scope } from './expression/scope.ts';
import { countPairs } from './faster/counted-pairs.ts';
import {
  inputsOf,
  isWritten,
  type Node,
  type Plan,
  planOf,
  type SourceNode,
  type StageNode,
  type StreamsNode,
} from './plan.ts';

/** The words of the language, as the catalog lists them. */
export interface Words {
  readonly sources: readonly SourceDefinition[];
  readonly stages: readonly StageDefinition[];
  readonly aggregates: readonly AggregateDefinition[];
  readonly sinks: readonly SinkDefinition[];
}

export interface PlanSettings {
  readonly words: Words;
  readonly expressions: Scope;
  /** The batch interval, ms; windows must fit it. */
  readonly interval: number;
}

/**
 * Checks a program and makes its plan.
 *
 * @throws ProgramError with all mistakes that were found.
 */
export function bindProgram(program: Program, settings: PlanSettings): Plan {
  const binder = new Binder(settings);
  const plan = binder.program(program);
  if (binder.problems.length > 0) throw new ProgramError(binder.problems);
  return countPairs(plan, settings.words.stages, settings.expressions);
}

/** What flows at a point of a stream while it is bound: undefined before its source. */
type Flow = Node | undefined;

const IMPLICIT_PLACE = { start: 0, end: 0 };

function implicitCall(name: string): Call {
  return { kind: 'call', name, namePlace: IMPLICIT_PLACE, arguments: [], bracketed: false, place: IMPLICIT_PLACE };
}

function byName<T extends { readonly name: string }>(definitions: readonly T[]): ReadonlyMap<string, T> {
  return new Map(definitions.map((definition) => [definition.name, definition]));
}

class Binder {
  readonly problems: Problem[] = [];
  private readonly notes = new Set<string>();
  private readonly sources: (SourceNode & { call: Call })[] = [];
  private readonly lets = new Map<string, { readonly node: Flow; used: boolean }>();
  private readonly claims = new Map<string, Call>();
  private readonly copies = new Copies();
  private readonly settings: PlanSettings;
  private readonly scope: ArgumentScope;
  private readonly sourceWords: ReadonlyMap<string, SourceDefinition>;
  private readonly stageWords: ReadonlyMap<string, StageDefinition>;
  private readonly sinkWords: ReadonlyMap<string, SinkDefinition>;

  constructor(settings: PlanSettings) {
    const { words } = settings;
    this.settings = settings;
    this.scope = { expressions: settings.expressions, aggregates: byName(words.aggregates) };
    this.sourceWords = byName(words.sources);
    this.stageWords = byName(words.stages);
    this.sinkWords = byName(words.sinks);
  }

  program(program: Program): Plan {
    for (const { name, namePlace, stream } of program.lets) {
      const taken = this.lets.has(name) ? 'let stream' : this.kindOfWord(name);
      if (taken !== undefined) {
        this.problem('name-taken', namePlace, {
          message: `\`${name}\` is the name of a ${taken} already`,
          label: 'choose another name',
          help: `\`let ${name}Stream = …;\``,
        });
      }
      this.lets.set(name, { node: this.stream(stream, undefined), used: false });
    }
    const outputs = program.streams.flatMap((stream) => this.printed(this.stream(stream, undefined)) ?? []);
    for (const [name, { used }] of this.lets) if (!used) this.note(`nothing uses the stream \`${name}\``);
    const { comparisons } = this.settings.expressions;
    return planOf({ sources: this.sources, outputs, notes: [...this.notes], comparisons });
  }

  private kindOfWord(name: string): string | undefined {
    if (this.stageWords.has(name)) return 'stage';
    if (this.sourceWords.has(name)) return 'source';
    return this.sinkWords.has(name) ? 'sink' : undefined;
  }

  private printed(node: Flow): Flow {
    return node === undefined || node.kind === 'sink' ? node : this.sink(implicitCall('print'), node);
  }

  /** Binds the stages one after the other. `input` flows into the first; without it, the first is a source or `stdin` goes before it. */
  private stream({ stages }: Stream, input: Flow): Flow {
    const [first, ...others] = stages;
    if (first === undefined) return input;
    if (input !== undefined) return stages.reduce<Flow>((node, call) => node && this.stage(call, node), input);
    const start = this.start(first);
    const begun = start.isFirst ? others : stages;
    return begun.reduce<Flow>((node, call) => node && this.stage(call, node), start.node);
  }

  /** What a stream starts with, and whether its first stage says so. */
  private start(first: Call): { readonly node: Flow; readonly isFirst: boolean } {
    const letStream = first.bracketed ? undefined : this.lets.get(first.name);
    if (letStream !== undefined) {
      letStream.used = true;
      return { node: letStream.node, isFirst: true };
    }
    if (this.sourceWords.has(first.name)) return { node: this.source(first), isFirst: true };
    return { node: this.source(implicitCall('stdin')), isFirst: false };
  }

  private source(call: Call): Flow {
    const definition = this.sourceWords.get(call.name)!;
    const bound = this.arguments(call, definition, UNKNOWN);
    // Standard input is one pipe: whoever names it again gets the same records.
    const same = this.sources.find((source) => source.definition === definition && call.name === 'stdin');
    if (same !== undefined && call.arguments.length === 0) {
      if (isWritten({ call })) same.call = call;
      return same;
    }
    if (same !== undefined) {
      this.problem('stdin-twice', call.place, {
        message: 'standard input is read once, found two sets of arguments for it',
        label: 'the second',
        help: 'give it a name, `let input = stdin(…);`, and begin the other streams with that name',
        ...(!isWritten(same) ? {} : { also: { place: same.call.place, label: 'the first' } }),
      });
    }
    const common = { kind: 'source', call, definition, rhythm: { kind: 'batches' } } as const;
    // Not run, but bound on, to find what else is wrong.
    if (bound === undefined) return { ...common, arguments: {}, type: UNKNOWN };
    const node: SourceNode = {
      ...common,
      arguments: bound.values,
      type: definition.gives(bound.values),
    };
    this.sources.push(node);
    return node;
  }

  private stage(call: Call, input: Node): Flow {
    const definition = this.stageWords.get(call.name);
    if (definition !== undefined) return this.knownStage(call, definition, input);
    if (this.sinkWords.has(call.name)) return this.sink(call, input);
    this.problems.push(this.unknownStage(call));
    // Bound on without knowing the type, to find what else is wrong.
    return { ...input, type: UNKNOWN };
  }

  private knownStage(call: Call, definition: StageDefinition, input: Node): Flow {
    this.checkNeeds(call, definition, input);
    const { behaviour } = definition;
    const misplaced = behaviour.kind === 'window' ? checkEventTimePlace(call, input) : undefined;
    if (misplaced !== undefined) {
      this.problems.push(misplaced);
      return input;
    }
    const streams = Object.entries(definition.parameters).filter(
      ([, parameter]) => parameter.accepts.kind === 'stream',
    );
    const bound = this.arguments(call, definition, input.type);
    if (bound === undefined) return { ...input, type: UNKNOWN };
    const stream = streams.map(([name]) => bound.streams[name]).find((argument) => argument !== undefined);
    const flowing = streams.some(([, { accepts }]) => accepts.kind === 'stream' && accepts.flowing);
    if (flowing) return stream && this.inline(stream, input);
    if (behaviour.kind === 'derived') return this.derived(call, definition, behaviour.text, input);
    if (behaviour.kind === 'mode') return this.mode(call, definition, behaviour, input);
    if (behaviour.kind === 'window') return this.window(call, behaviour.window(bound.values), input);
    const right = stream && this.other(stream);
    if (behaviour.kind === 'streams' && right === undefined) return { ...input, type: UNKNOWN };
    const results = right === undefined ? bound.results : { ...bound.results, [streams[0]![0]]: right.type };
    const type = definition.gives(input.type, bound.values, results);
    if (definition.needsOrigin?.(bound.values)) this.checkOrigin(call, input);
    const common = { call, definition, arguments: bound.values, type };
    if (right !== undefined) {
      this.checkOther(call, definition, stream!, right);
      const problem = checkRhythm(call, input, right);
      if (problem !== undefined) this.problems.push(problem);
      const node: StreamsNode = { kind: 'streams', ...common, left: input, right, rhythm: input.rhythm };
      const copies = this.copies.check(node);
      if (copies !== undefined) this.problems.push(copies);
      return node;
    }
    const node: StageNode = { kind: 'stage', ...common, input, rhythm: input.rhythm };
    return behaviour.kind === 'group' ? sinkWindow(node) : node;
  }

  private derived(call: Call, definition: StageDefinition, text: string, input: Node): Flow {
    return expandDerived(call, text, definition.parameters).reduce<Flow>(
      (node, stage) => node && this.stage(stage, node),
      input,
    );
  }

  /** A word that only sets an argument of the stage directly before it. */
  private mode(
    call: Call,
    definition: StageDefinition,
    { of, argument }: Extract<StageDefinition['behaviour'], { kind: 'mode' }>,
    input: Node,
  ): Flow {
    if (input.kind === 'stage' && input.definition.name === of) {
      const values = { ...input.arguments, [argument]: true };
      // The plan shows the argument as if it had been written.
      const shown: Argument = {
        name: argument,
        value: { kind: 'literal', value: true, text: 'true', place: call.place },
      };
      const set: Call = { ...input.call, arguments: [...input.call.arguments, shown] };
      return { ...input, call: set, arguments: values, type: definition.gives(input.type, {}, {}) };
    }
    this.problem('needs-stage-before', call.place, {
      message: `\`${call.name}\` stands directly behind \`${of}\`, found ${nameOf(input)} before it`,
      label: `not behind \`${of}\``,
      help: `\`${of}(…) | ${call.name}\``,
    });
    return input;
  }

  private window(call: Call, spec: WindowSpec, input: Node): Flow {
    const placed = placeWindow(call, spec, input, this.settings.interval);
    if ('problems' in placed) {
      this.problems.push(...placed.problems);
      return input;
    }
    if (placed.note !== undefined) this.note(placed.note);
    return placed.node;
  }

  private sink(call: Call, input: Node): Flow {
    const definition = this.sinkWords.get(call.name)!;
    const bound = this.arguments(call, definition, input.type);
    if (bound === undefined) return input;
    const claimed = definition.claims?.(bound.values);
    if (claimed !== undefined) this.claim(claimed, call);
    return { kind: 'sink', call, definition, arguments: bound.values, input, type: input.type, rhythm: input.rhythm };
  }

  /** Two sinks that write files of the same names would each replace what the other wrote. */
  private claim(claimed: string, call: Call): void {
    const before = this.claims.get(claimed);
    this.claims.set(claimed, before ?? call);
    if (before === undefined) return;
    this.problem('same-files', call.place, {
      message: `two \`${call.name}\` would write to the same files, ${claimed}`,
      label: 'the second one',
      help: 'give one of them another prefix, or bring the streams together with `union`',
      also: { place: before.place, label: 'the first one' },
    });
  }

  /** `transform(sort | take(3))`: the stages stand in its place. */
  private inline(argument: Argument, input: Node): Flow {
    const stream = this.streamOf(argument);
    const node = stream && this.stream(stream, input);
    return node?.kind === 'stage' ? { ...node, closed: true } : node;
  }

  /** A stream of its own as an argument: `union(b | map(…))`. */
  private other(argument: Argument): Flow {
    const stream = this.streamOf(argument);
    const first = stream?.stages[0];
    if (stream === undefined || first === undefined) return undefined;
    if (!this.lets.has(first.name) && !this.sourceWords.has(first.name)) {
      const near = nearest(first.name, this.lets.keys());
      this.problem('needs-stream', first.namePlace, {
        message: `another stream starts with a source or the name of a \`let\` stream, found \`${first.name}\``,
        label: near === undefined ? 'neither' : `did you mean \`${near}\`?`,
        help: 'give the other stream a name first: `let other = …;`',
      });
      return undefined;
    }
    return this.stream(stream, undefined);
  }

  private streamOf({ value }: Argument): Stream | undefined {
    if (value.kind === 'stream') return value.stream;
    const call = asCall(value);
    if (call !== undefined) return { stages: [call], place: call.place };
    this.problem('needs-stages', value.place, {
      message: `stages were expected, found \`${printExpression(value)}\``,
      label: 'no stage',
      help: 'stages are joined by `|`, as in `sort | take(3)`',
    });
    return undefined;
  }

  private arguments(call: Call, word: Described, input: Type): ArgumentsResult | undefined {
    const bound = bindArguments(call, word, input, this.scope);
    this.problems.push(...bound.problems);
    return bound.problems.length === 0 ? bound : undefined;
  }

  /** Behind a stage that holds lines until the end of a batch, the first line of a file need not come first any more. */
  private checkOrigin(call: Call, input: Node): void {
    const holding = holdsBefore(input);
    if (holding === undefined) return;
    const { name } = holding.call;
    this.problem('header-place', call.namePlace, {
      message: `\`${call.name}\` takes the first line of each file or connection for a header, and behind \`${name}\` nobody knows which that is`,
      label: 'cannot tell headers from rows',
      help: `put \`${call.name}\` before \`${name}\`, or name the columns: \`${call.name}(columns: ["a", "b"])\``,
      also: { place: holding.call.place, label: 'lines do not leave it as they come' },
    });
  }

  private checkNeeds(call: Call, definition: StageDefinition, input: Node): void {
    const { needs, instead } = definition;
    if (needs === 'anything' || fits(needs, input.type)) return;
    this.problem(`needs-${needs}`, call.namePlace, {
      message: `\`${call.name}\` needs ${NEEDED[needs]}, found ${formatTypes(input.type)}`,
      label: `${nameOf(input)} gives ${describe(input.type)}`,
      help: `write ${lineOf(needs, input.type) ?? instead ?? WAYS_OUT[needs]}`,
    });
  }

  private checkOther(call: Call, definition: StageDefinition, argument: Argument, right: Node): void {
    const { needs, instead } = definition;
    if (needs === 'anything' || fits(needs, right.type)) return;
    this.problem(`needs-${needs}`, argument.value.place, {
      message: `\`${call.name}\` needs ${NEEDED[needs]} from both streams, found ${formatTypes(right.type)}`,
      label: `gives ${describe(right.type)}`,
      help: `write ${instead ?? WAYS_OUT[needs]}`,
    });
  }

  private unknownStage(call: Call): PlanProblem {
    const { name, namePlace } = call;
    if (this.sourceWords.has(name)) {
      return planProblem('source-inside', namePlace, {
        message: `the source \`${name}\` can only start a stream`,
        label: 'stands behind another stage',
        help: `bring a second stream in with \`union(${name}(…))\`, or start a new one behind \`;\``,
      });
    }
    if (this.lets.has(name)) {
      return planProblem('source-inside', namePlace, {
        message: `the stream \`${name}\` can only start a stream`,
        label: 'stands behind another stage',
        help: `bring it in with \`union(${name})\` or \`join(${name})\``,
      });
    }
    const foreign = foreignStage(call);
    const near =
      foreign === undefined ? nearest(name, [...this.stageWords.keys(), ...this.sinkWords.keys()]) : undefined;
    return planProblem('unknown-stage', namePlace, {
      message: `there is no stage \`${name}\``,
      label: foreign !== undefined ? "Spark's word" : near === undefined ? 'not a stage' : `did you mean \`${near}\`?`,
      help: foreign ?? this.otherUse(call) ?? '`leat help` lists all stages',
    });
  }

  /** Where a name that is no stage belongs, if it is another word of the language. */
  private otherUse(call: Call): string | undefined {
    const { name } = call;
    if (this.scope.aggregates.has(name)) {
      const meant = aggregateAsStage(call);
      if (meant !== undefined) return `write ${meant}; \`${name}\` is an aggregate`;
      const written = call.arguments.length > 0 ? printExpression(call) : `${name}(_)`;
      return `\`${name}\` is an aggregate: \`aggregate({${name}: ${written}})\``;
    }
    if (this.settings.expressions.functions.has(name)) return `\`${name}\` is a function: \`map(${name})\``;
    const words = [...this.stageWords.values(), ...this.sinkWords.values()];
    const same = words.filter(({ synonyms }) => synonyms?.some((other) => other.toLowerCase() === name.toLowerCase()));
    return same.length === 0
      ? undefined
      : `what others call \`${name}\` is ${same.map((word) => `\`${word.name}\``).join(' or ')} here`;
  }

  private problem(code: PlanProblemCode, place: Place, rest: Omit<PlanProblem, 'code' | 'place'>): void {
    this.problems.push(planProblem(code, place, rest));
  }

  private note(note: string): void {
    this.notes.add(note);
  }
}

const NEEDED = { pairs: 'pairs', text: 'strings', objects: 'objects' } as const;

const WAYS_OUT = {
  pairs: '`map([_, 1])` before it',
  text: '`map(string(_))` before it',
  objects: '`json`, `csv` or `map({…})` before it',
} as const;

/** The way out where lines were given with the names of their files: `files(tag: true) | json`. */
function lineOf(needs: keyof typeof NEEDED, type: Type): string | undefined {
  const isTagged = needs === 'text' && type.kind === 'object' && type.fields.get('line')?.kind === 'string';
  return isTagged ? '`map(.line)` before it' : undefined;
}

/** The last stage before a point of a stream that does not pass lines on as they come; undefined if all do. */
function holdsBefore(node: Node): Node | undefined {
  if (node.kind === 'source') return undefined;
  const passes =
    node.kind === 'sink' ||
    (node.kind !== 'window' && (node.definition.keepsOrigin === true || node.definition.behaviour.kind === 'record'));
  if (!passes) return node;
  return inputsOf(node)
    .map(holdsBefore)
    .find((holding) => holding !== undefined);
}

/** What gives out the records of a node, as a user would call it. */
function nameOf(node: Node): string {
  return isWritten(node) ? `\`${node.call.name}\`` : 'standard input';
}

/** What is known about records, for "gives …". */
function describe(type: Type): string {
  const isPlain = type.kind !== 'pair' && type.kind !== 'object';
  return isPlain || formatType(type) === type.kind ? formatTypes(type) : formatType(type);
}

function fits(needs: keyof typeof NEEDED, type: Type): boolean {
  switch (needs) {
    case 'pairs':
      return mayBePair(type);
    case 'text':
      return type.kind === 'string' || type.kind === 'unknown' || type.kind === 'null';
    case 'objects':
      return type.kind === 'object' || type.kind === 'unknown' || type.kind === 'null';
  }
}
