import { nearest } from '../../base/nearest.ts';
import { type Problem, ProgramError } from '../../base/problem.ts';
import { formatType, formatTypes, mayBePair, type Type, UNKNOWN } from '../../base/type.ts';
import type { WindowSpec } from '../../flow/batch/window-spec.ts';
import type { AggregateDefinition, SinkDefinition, SourceDefinition, StageDefinition } from '../../flow/define.ts';
import type { Parameters } from '../../flow/parameters.ts';
import type { Argument, Call, Program, Stream } from '../tree/tree.ts';
import { type ArgumentScope, type ArgumentsResult, asCall, bindArguments } from './arguments.ts';
import { expandDerived } from './derived.ts';
import type { Scope } from './expression/scope.ts';
import type { Node, Plan, SourceNode, StageNode } from './plan.ts';
import { checkRhythm } from './rhythm.ts';
import { checkEventTimePlace, placeWindow, sinkWindow } from './windows.ts';

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
  return plan;
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
  private readonly sources: SourceNode[] = [];
  private readonly lets = new Map<string, { readonly node: Flow; used: boolean }>();
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
        this.problem({
          code: 'name-taken',
          place: namePlace,
          message: `${name} is a ${taken} already`,
          label: 'choose another name',
          help: `let ${name}Stream = …`,
        });
      }
      this.lets.set(name, { node: this.stream(stream, undefined), used: false });
    }
    const outputs = program.streams.flatMap((stream) => this.printed(this.stream(stream, undefined)) ?? []);
    for (const [name, { used }] of this.lets) if (!used) this.note(`nothing uses the stream ${name}`);
    return { sources: this.sources, outputs, notes: [...this.notes] };
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
    const bound = this.arguments(call, definition.parameters, UNKNOWN);
    // Standard input is one pipe: whoever names it again gets the same records.
    const same = this.sources.find((source) => source.definition === definition && call.name === 'stdin');
    if (same !== undefined && call.arguments.length === 0) return same;
    if (same !== undefined) {
      this.problem({
        code: 'stdin-twice',
        place: call.place,
        message: 'standard input is read with two sets of arguments',
        label: 'the second',
        help: 'read it once: let lines = stdin(…); and name it where it is needed',
      });
    }
    if (bound === undefined) return undefined;
    const node: SourceNode = {
      kind: 'source',
      call,
      definition,
      arguments: bound.values,
      type: definition.gives(bound.values),
      rhythm: { kind: 'batches' },
    };
    this.sources.push(node);
    return node;
  }

  private stage(call: Call, input: Node): Flow {
    const definition = this.stageWords.get(call.name);
    if (definition !== undefined) return this.knownStage(call, definition, input);
    if (this.sinkWords.has(call.name)) return this.sink(call, input);
    this.problem(this.unknownStage(call));
    // Bound on without knowing the type, to find what else is wrong.
    return { ...input, type: UNKNOWN };
  }

  private knownStage(call: Call, definition: StageDefinition, input: Node): Flow {
    this.checkNeeds(call, definition, input);
    const { behaviour } = definition;
    const misplaced = behaviour.kind === 'window' ? checkEventTimePlace(call, input) : undefined;
    if (misplaced !== undefined) {
      this.problem(misplaced);
      return input;
    }
    const streams = Object.entries(definition.parameters).filter(
      ([, parameter]) => parameter.accepts.kind === 'stream',
    );
    const bound = this.arguments(call, definition.parameters, input.type);
    if (bound === undefined) return { ...input, type: UNKNOWN };
    const stream = streams.map(([name]) => bound.streams[name]).find((argument) => argument !== undefined);
    const flowing = streams.some(([, { accepts }]) => accepts.kind === 'stream' && accepts.flowing);
    if (flowing) return stream && this.inline(stream, input);
    if (behaviour.kind === 'derived') return this.derived(call, definition, behaviour.text, input);
    if (behaviour.kind === 'mode') return this.mode(call, definition, behaviour, input);
    if (behaviour.kind === 'window') return this.window(call, behaviour.window(bound.values as never), input);
    const right = stream && this.other(stream);
    if (behaviour.kind === 'streams' && right === undefined) return undefined;
    const results = right === undefined ? bound.results : { ...bound.results, [streams[0]![0]]: right.type };
    const type = definition.gives(input.type, bound.values as never, results);
    const common = { call, definition, arguments: bound.values, type };
    if (right !== undefined) {
      this.checkOther(call, definition, stream!, right);
      const problem = checkRhythm(call, input, right);
      if (problem !== undefined) this.problem(problem);
      return { kind: 'streams', ...common, left: input, right, rhythm: input.rhythm };
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
      return { ...input, call: set, arguments: values, type: definition.gives(input.type, {} as never, {}) };
    }
    this.problem({
      code: 'needs-stage-before',
      place: call.place,
      message: `${call.name} stands directly behind ${of}, found ${input.call.name} before it`,
      label: `not behind ${of}`,
      help: `write ${of}(…) | ${call.name}`,
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
    const bound = this.arguments(call, definition.parameters, input.type);
    if (bound === undefined) return input;
    return { kind: 'sink', call, definition, arguments: bound.values, input, type: input.type, rhythm: input.rhythm };
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
      this.problem({
        code: 'needs-stream',
        place: first.namePlace,
        message: `another stream starts with a source or the name of a let stream, found ${first.name}`,
        label:
          nearest(first.name, this.lets.keys()) === undefined
            ? 'neither'
            : `did you mean ${nearest(first.name, this.lets.keys())}?`,
        help: 'name it first: let other = …;',
      });
      return undefined;
    }
    return this.stream(stream, undefined);
  }

  private streamOf({ value }: Argument): Stream | undefined {
    if (value.kind === 'stream') return value.stream;
    const call = asCall(value);
    if (call !== undefined) return { stages: [call], place: call.place };
    this.problem({
      code: 'needs-stages',
      place: value.place,
      message: 'stages were expected here',
      label: 'this is a value',
      help: 'write stages joined by "|", as in sort | take(3)',
    });
    return undefined;
  }

  private arguments(call: Call, parameters: Parameters, input: Type): ArgumentsResult | undefined {
    const bound = bindArguments(call, parameters, input, this.scope);
    this.problems.push(...bound.problems);
    return bound.problems.length === 0 ? bound : undefined;
  }

  private checkNeeds(call: Call, definition: StageDefinition, input: Node): void {
    const { needs, instead } = definition;
    if (fits(needs, input.type)) return;
    const isImplicit = input.call.place.end === 0;
    const giver = isImplicit ? 'standard input' : input.call.name;
    this.problem({
      code: `needs-${needs}`,
      place: call.namePlace,
      message: `${call.name} needs ${needs === 'text' ? 'texts' : needs}, found ${formatTypes(input.type)}`,
      label: `${giver} gives ${formatType(input.type)}`,
      help: instead === undefined ? WAYS_OUT[needs] : `write ${instead}`,
    });
  }

  private checkOther(call: Call, definition: StageDefinition, argument: Argument, right: Node): void {
    if (fits(definition.needs, right.type)) return;
    this.problem({
      code: `needs-${definition.needs}`,
      place: argument.value.place,
      message: `${call.name} needs ${definition.needs} from both streams, found ${formatTypes(right.type)}`,
      label: `gives ${formatType(right.type)}`,
      help: WAYS_OUT[definition.needs],
    });
  }

  private unknownStage(call: Call): Problem {
    const { name, namePlace: place } = call;
    if (this.sourceWords.has(name)) {
      return {
        code: 'source-inside',
        place,
        message: `the source ${name} can only start a stream`,
        label: 'stands behind another stage',
        help: `bring a second stream in with union(${name}(…)), or start a new one behind ";"`,
      };
    }
    if (this.lets.has(name)) {
      return {
        code: 'source-inside',
        place,
        message: `the stream ${name} can only start a stream`,
        label: 'stands behind another stage',
        help: `bring it in with union(${name}) or join(${name})`,
      };
    }
    const near = nearest(name, [...this.stageWords.keys(), ...this.sinkWords.keys()]);
    const isFunction = this.settings.expressions.functions.has(name);
    return {
      code: 'unknown-stage',
      place,
      message: `there is no stage ${name}`,
      label: near === undefined ? 'unknown' : `did you mean ${near}?`,
      help: isFunction ? `${name} is a function: map(${name})` : '`leat help` lists all stages',
    };
  }

  private problem(problem: Problem): void {
    this.problems.push(problem);
  }

  private note(note: string): void {
    this.notes.add(note);
  }
}

const WAYS_OUT = {
  pairs: 'make pairs before it: map([_, 1])',
  text: 'make text before it: map(string(_))',
  objects: 'make objects before it: json, csv, or map({…})',
  anything: '',
} as const;

function fits(needs: StageDefinition['needs'], type: Type): boolean {
  switch (needs) {
    case 'anything':
      return true;
    case 'pairs':
      return mayBePair(type);
    case 'text':
      return type.kind === 'string' || type.kind === 'unknown' || type.kind === 'null';
    case 'objects':
      return type.kind === 'object' || type.kind === 'unknown' || type.kind === 'null';
  }
}
