import { nearest } from '../base/nearest.ts';
import { type Place, type Problem, ProgramError } from '../base/problem.ts';
import { type Type, UNKNOWN } from '../base/type.ts';
import type { ColumnWord } from '../flow/define/analytic.ts';
import type { SinkDefinition } from '../flow/define/sink.ts';
import type { SourceDefinition } from '../flow/define/source.ts';
import type { StageDefinition } from '../flow/define/stage.ts';
import type { WindowSpec } from '../flow/define/window-spec.ts';
import type { Described } from '../flow/define/word.ts';
import type { WordList } from '../flow/define/word-list.ts';
import { underOneName } from './plan/check/aliases.ts';
import { checkAnalytics, withFinish } from './plan/check/analytics.ts';
import { bindArguments } from './plan/check/arguments.ts';
import type { ArgumentScope, ArgumentsResult } from './plan/check/bound-arguments.ts';
import { Claims } from './plan/check/claims.ts';
import { type PlanProblem, type PlanProblemCode, planProblem } from './plan/check/codes.ts';
import { Copies } from './plan/check/copies.ts';
import { expandDerived } from './plan/check/derived.ts';
import { isFor } from './plan/check/is-for.ts';
import { checkNeeds, checkOrigin, checkOther, nameOf } from './plan/check/needs.ts';
import { checkRhythm } from './plan/check/rhythm.ts';
import { StageNames, withName, withWindowName } from './plan/check/stage-names.ts';
import { unknownStage, type Vocabulary } from './plan/check/unknown-stage.ts';
import { variantOf } from './plan/check/variants.ts';
import { checkEventTimePlace, placeWindow, sinkWindow } from './plan/check/windows.ts';
import type { Scope } from './plan/expression/scope.ts';
import { countPairs } from './plan/faster/counted-pairs.ts';
import { allowLongLines } from './plan/long-lines.ts';
import {
  isWritten,
  type Node,
  type Plan,
  planOf,
  type SinkNode,
  type SourceNode,
  type StageNode,
  type StreamsNode,
} from './plan/plan.ts';
import { printExpression } from './text/printer.ts';
import { asCall, implicitCall } from './tree/as-call.ts';
import type { Argument, Call, Program, Stream } from './tree/tree.ts';

/** The words of the language, as the catalog lists them. */
interface Words {
  readonly sources: WordList<SourceDefinition>;
  readonly stages: WordList<StageDefinition>;
  readonly aggregates: WordList<ColumnWord>;
  readonly sinks: WordList<SinkDefinition>;
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

class Binder {
  readonly problems: Problem[] = [];
  private readonly notes = new Set<string>();
  private readonly sources: (SourceNode & { call: Call })[] = [];
  private readonly lets = new Map<string, { readonly node: Flow; used: boolean }>();
  private readonly claims = new Claims();
  private readonly copies = new Copies();
  private readonly names = new StageNames();
  private readonly settings: PlanSettings;
  private readonly scope: ArgumentScope;
  private readonly words: Words & Vocabulary;
  private readonly named: (call: Call) => Call;

  constructor(settings: PlanSettings) {
    const { words } = settings;
    this.settings = settings;
    this.named = underOneName(words, settings.expressions);
    this.scope = { expressions: settings.expressions, aggregates: words.aggregates };
    this.words = { ...words, expressions: settings.expressions, lets: this.lets };
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
    const plan = planOf({ sources: this.sources, lets: this.lets, outputs, notes: [...this.notes], comparisons });
    allowLongLines(plan);
    this.problems.push(...checkAnalytics(plan, this.settings.interval));
    return plan;
  }

  private kindOfWord(name: string): string | undefined {
    if (this.words.stages.has(name)) return 'stage';
    if (this.words.sources.has(name)) return 'source';
    return this.words.sinks.has(name) ? 'sink' : undefined;
  }

  private printed(node: Flow): Flow {
    return node === undefined || node.kind === 'sink' ? node : this.sink(implicitCall('print'), node);
  }

  /** Binds the stages one after the other. `input` flows into the first; without it, the first is a source or the default source goes before it. */
  private stream({ stages }: Stream, input: Flow): Flow {
    const [first, ...others] = stages;
    if (first === undefined) return input;
    if (input !== undefined) return stages.reduce<Flow>((node, call) => node && this.stage(call, node), input);
    const start = this.start(first);
    const { behindIt } = (start.isFirst ? undefined : this.words.sources.get(first.name)) ?? {};
    if (behindIt !== undefined && others.length > 0) this.isNoSource(first, behindIt);
    const begun = start.isFirst ? others : stages;
    return begun.reduce<Flow>((node, call) => node && this.stage(call, node), start.node);
  }

  /** A stream begins with what is no source with these arguments, though there is one of its name, and something stands behind it. */
  private isNoSource(call: Call, help: string): void {
    this.problem('wrong-argument', call.place, {
      message: `\`${call.name}\` with a text is a sink: it would send standard input there, and reads nothing`,
      label: 'where the stream starts',
      help,
    });
  }

  /** What a stream starts with, and whether its first stage says so. */
  private start(first: Call): { readonly node: Flow; readonly isFirst: boolean } {
    const letStream = first.bracketed ? undefined : this.lets.get(first.name);
    if (letStream !== undefined) {
      letStream.used = true;
      return { node: letStream.node, isFirst: true };
    }
    const { sources, stages, sinks } = this.words;
    if (isFor(first, sources.get(first.name), stages.get(first.name) ?? sinks.get(first.name)))
      return { node: this.source(first), isFirst: true };
    return { node: this.source(implicitCall(this.defaultWord)), isFirst: false };
  }

  /** The source of a stream that names none. */
  private get defaultWord(): string {
    return this.settings.words.sources.find(({ isDefault }) => isDefault)!.name;
  }

  private source(call: Call): Flow {
    const definition = this.words.sources.get(call.name)!;
    this.tell(this.names.check(call));
    const bound = this.arguments(call, definition, UNKNOWN);
    // Standard input is one pipe: whoever names it again gets the same records.
    const same = this.sources.find((source) => source.definition === definition && definition.isDefault === true);
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

  private stage(written: Call, input: Node): Flow {
    const call = this.named(written);
    this.tell(this.names.check(call));
    const definition = variantOf(this.words.stages.get(call.name), call);
    if (definition !== undefined) {
      const node = this.knownStage(call, definition, input);
      return node && (definition.behaviour.kind === 'window' ? node : withName(call, node, input));
    }
    if (this.words.sinks.has(call.name)) return this.sink(call, input);
    this.problems.push(unknownStage(call, this.words, input));
    // Bound on without knowing the type, to find what else is wrong.
    return { ...input, call, type: UNKNOWN };
  }

  private knownStage(call: Call, definition: StageDefinition, input: Node): Flow {
    const unfit = checkNeeds(call, definition, input);
    this.tell(unfit);
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
    if (behaviour.kind === 'derived' && unfit === undefined)
      return this.derived(call, behaviour, { definition, bound, input });
    if (behaviour.kind === 'window') return this.window(call, behaviour.window(bound.values), input);
    const right = stream && this.other(stream);
    if (behaviour.kind === 'streams' && right === undefined) return { ...input, type: UNKNOWN };
    const results = right === undefined ? bound.results : { ...bound.results, [streams[0]![0]]: right.type };
    const type = definition.gives(input.type, bound.values, results);
    if (definition.needsOrigin?.(bound.values)) this.tell(checkOrigin(call, input));
    const common = { call, definition, arguments: bound.values, type };
    if (right !== undefined) {
      this.tell(checkOther(call, definition, stream!, right));
      this.tell(checkRhythm(call, definition, input, right));
      const node: StreamsNode = { kind: 'streams', ...common, left: input, right, rhythm: input.rhythm };
      this.tell(this.copies.check(node));
      return node;
    }
    const node: StageNode = { kind: 'stage', ...common, input, rhythm: input.rhythm };
    return behaviour.kind === 'group' ? withFinish(sinkWindow(node)) : node;
  }

  private derived(
    call: Call,
    { text, behind }: Extract<StageDefinition['behaviour'], { kind: 'derived' }>,
    { definition, bound, input }: { definition: StageDefinition; bound: ArgumentsResult; input: Node },
  ): Flow {
    const stages = expandDerived(call, typeof text === 'string' ? text : text(bound.values), definition.parameters);
    if (behind !== undefined) return this.behind(call, behind, stages[0]!, input);
    return stages.reduce<Flow>((node, stage) => node && this.stage(stage, node), input);
  }

  /** A word that stands directly behind a certain stage, and is that stage with more arguments. */
  private behind(call: Call, word: string, more: Call, input: Node): Flow {
    if (input.kind === 'stage' && input.definition.name === word) {
      const others = input.call.arguments.filter(
        ({ name }) => !more.arguments.some((argument) => argument.name === name),
      );
      return this.stage({ ...input.call, arguments: [...others, ...more.arguments] }, input.input);
    }
    this.problem('needs-stage-before', call.place, {
      message: `\`${call.name}\` stands directly behind \`${word}\`, found ${nameOf(input)} before it`,
      label: `not behind \`${word}\``,
      help: `\`${word}(…) | ${call.name}\``,
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
    return withWindowName(call, placed.node);
  }

  private sink(call: Call, input: Node): Flow {
    const definition = this.words.sinks.get(call.name)!;
    const bound = this.arguments(call, definition, input.type);
    if (bound === undefined) return input;
    const common = { kind: 'sink', call, definition, arguments: bound.values } as const;
    const node: SinkNode = { ...common, input, type: input.type, rhythm: input.rhythm };
    this.tell(this.claims.check(node));
    return node;
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
    if (!this.lets.has(first.name) && !this.words.sources.has(first.name)) {
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

  private tell(problem: Problem | undefined): void {
    if (problem !== undefined) this.problems.push(problem);
  }

  private problem(code: PlanProblemCode, place: Place, rest: Omit<PlanProblem, 'code' | 'place'>): void {
    this.problems.push(planProblem(code, place, rest));
  }

  private note(note: string): void {
    this.notes.add(note);
  }
}
