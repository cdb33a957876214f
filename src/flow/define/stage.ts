import type { Type } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import type { RunContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { Answers, FieldNames, GivesOne, ReadFields } from './faster.ts';
import type { Grouping } from './grouping.ts';
import type { Bound, Column, Parameters } from './parameters.ts';
import type { Emit, Step } from './step.ts';
import type { WindowSpec } from './window-spec.ts';
import type { Described } from './word.ts';

/** What a stage must be given. A wrong one is a problem of the program, told before anything is read. */
type Needs = 'anything' | 'pairs' | 'text' | 'objects';

/** What belongs together of two streams: the emissions of one tick, or, of event-time windows, those of equal start and end. */
export type Meeting = 'tick' | 'window';

/**
 * How a stage behaves in one process; this is its meaning. `A` are its bound arguments, `S` is what its steps are. Each `create` is called
 * once a run.
 */
export type Behaviour<A, S extends Step = Step> =
  /** One record at a time, without memory of others. Throwing BadRecord drops the record as bad; anything else is a fault of ours. */
  | {
      readonly kind: 'record';
      readonly create: (args: A, run: RunContext) => (record: Value, emit: Emit) => void;
    }
  /** Records into groups, once a batch; a window behind it or before it aggregates the same way. */
  | { readonly kind: 'group'; readonly create: (args: A) => Grouping }
  /** Anything else with one input: it sees pushes and closes. */
  | {
      readonly kind: 'step';
      readonly create: (args: A, run: RunContext, down: Step) => S;
      /** What it needs of other records. A grouping's is told by its key. */
      readonly exchange: (args: A) => Exchange;
      /** Its steps are of the kind `OriginStep`. */
      readonly isByOrigin?: true;
      /** Whether its steps are of the kind `Parted` with such arguments, over bounded input. */
      readonly isParted?: (args: A) => boolean;
    }
  /** Two streams into one; the second is the argument of kind `stream`. */
  | {
      readonly kind: 'streams';
      readonly create: (
        args: A,
        run: RunContext,
        down: Step,
        meeting: Meeting,
      ) => { readonly left: Step; readonly right: Step };
      /** What it needs of other records of both streams. */
      readonly exchange: (args: A) => Exchange;
    }
  /** A window over batches or over event time; what it aggregates is decided by the plan. */
  | { readonly kind: 'window'; readonly window: (args: A) => WindowSpec }
  /**
   * Said in the language itself, where that depends on the arguments by a function of them: `$name` stands for the argument's text. With `behind`, the word must stand directly behind the stage of that
   * name, and is that stage with the arguments of the one in the text as well.
   */
  | { readonly kind: 'derived'; readonly text: string | ((args: A) => string); readonly behind?: string };

/** Where the step of a stage answers. */
interface AtStage<A> {
  readonly args: A;
  readonly run: RunContext;
  readonly down: Step;
}

/**
 * All that a stage can do in the fast lane. Each part may be absent, and none changes what comes out.
 *
 * Stages of the kind `record` answer here, form by form. The steps of other kinds answer by themselves: groups in all three forms, by what their
 * grouping and its aggregates say ({@link Grouping.faster}, {@link ReadingAggregate.faster}).
 */
interface FasterStage<A, S extends Step = Step> extends Answers<AtStage<A>> {
  /**
   * What it does with a record, at once, besides giving it to the functions among its arguments: nothing (`read`), it gives it on as
   * it is (`passed`), makes an object of its fields, of which it is known what they were called before, or gives one value of it. Absent where it may look at all of a record, or keep it for a time when what is bad is shown as the record itself.
   * Where all that follows a parser says so, the parser may give out only those fields that the functions look at.
   */
  readonly uses?: 'read' | 'passed' | FieldNames<A> | GivesOne<A>;
  /** With such arguments it writes some records as they are all the same (`lateTo:`). */
  readonly writesWhole?: (args: A) => boolean;
  /**
   * For parsers, and what makes records of lines as these do: how a kernel reads only some fields of them; undefined where it cannot with such arguments. Asked once, when the step that
   * the behaviour made is offered lines, and only where it is known what is looked at behind it.
   */
  readonly fields?: (args: A, step: S) => ReadFields | undefined;
  /** What that reads: fields of the record where it is absent, also those of objects in it (`inner`), or items of a list. */
  readonly readsParts?: 'inner' | 'items';
}

export interface StageDefinition<P extends Parameters = Parameters, S extends Step = Step> extends Described {
  readonly kind: 'stage';
  readonly parameters: P;
  /** Where it stands in help. */
  readonly group: 'parser' | 'record' | 'batch' | 'streams' | 'window' | 'state';
  readonly needs: Needs;
  /** What to write instead, or before it, where it is given something else than it needs. */
  readonly instead?: string;
  /**
   * The type of what comes out. `results` has, by name, the result type of each lambda argument and the record type of each argument
   * that is a stream of its own. Not called for derived stages.
   */
  readonly gives: (input: Type, args: Bound<P>, results: { readonly [name: string]: Type }) => Type;
  /** It takes the first line of each file or connection for something else than the others: only stages that keep the origin may stand before it. */
  readonly needsOrigin?: (args: Bound<P>) => boolean;
  /** For parsers: how long lines may be, bytes, where their source is not told. */
  readonly longLines?: number;
  /** Records leave it as they come, still known by the file or connection they are from. Stages of kind `record` do so anyway. */
  readonly keepsOrigin?: true;
  /** The columns of whose aggregates each of its partials is a list, so that it goes on from what it remembered with other ones (`Remembering.restore`). */
  readonly refits?: (args: Bound<P>) => readonly Column[];
  /** It may read what its arguments do not name as files: such a stage is nothing that others may send (`?then=`). */
  readonly reachesOut?: true;
  /** With such arguments it needs what takes a while to come, see `RunContext.awaits`: threads that work on parts of the input do not wait. */
  readonly awaits?: (args: Bound<P>) => boolean;
  /** It raises alarms, see `RunContext.showAlarms`. */
  readonly raisesAlarms?: true;
  readonly behaviour: Behaviour<Bound<P>, S>;
  /** What it can do besides, so that its records need not be made. */
  readonly faster?: FasterStage<Bound<P>, S>;
  /** Its function `f` combines records two by two in the order of arrival, or the values of pairs. */
  readonly combines?: 'records' | 'values';
  /** For groupings: a stage that belongs directly behind it, and finishes what it gives. */
  readonly behind?: (args: Bound<P>) => StageDefinition | undefined;
  /** It gives one record for each that it is given, or finds that bad. */
  readonly givesEach?: true;
  /** How many records of an emission it needs, the first ones: more change nothing. */
  readonly needsFirst?: (args: Bound<P>) => number;
  /** It gives the records that it was given, fewer or in another order (`sort`), rather than what they amount to. */
  readonly keeps?: true;
  /**
   * A grouping without a key that gives some of its records, as many as were asked for: what it gives of many it gives as well of any of them that have these
   * (`top`, `take`), so that what it does not give of a share of its records need not come to it.
   */
  readonly picks?: true;
  /** Of a step: it remembers nothing behind the close of a batch or window, so that what it gives is of that one alone. */
  readonly forgets?: true;
  /** It counts anew in each batch (`take`): a window behind it holds what it gave, and does not become its own. */
  readonly ofEachBatch?: true;
  /**
   * What it is where it is called with an argument of that name (other than `false`): another stage of the same name, with the parameters that it
   * takes then. Those arguments are among its own parameters too, for help.
   */
  readonly variants?: { readonly [argument: string]: StageDefinition };
  /** Of two streams: it meets records by their times and not emission by emission, so that windows by event time cannot be what it is given. */
  readonly isOverTime?: true;
  /** What it gives depends on when records arrive, so that a pipe in a program with it is a stream. Windows need not say so. */
  readonly byClock?: (args: Bound<P>) => boolean;
}

export function defineStage<const P extends Parameters, S extends Step = Step>(
  definition: Omit<StageDefinition<P, S>, 'kind'>,
): StageDefinition {
  return { kind: 'stage', ...definition } as unknown as StageDefinition;
}
