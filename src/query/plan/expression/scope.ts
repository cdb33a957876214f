import type { FunctionDefinition, Receiver, RunQuestions } from '../../../flow/define/function.ts';
import { Comparisons } from '../../../flow/records/comparison.ts';

/** The methods of one name, by what stands before the dot. */
export type Variants = { readonly [R in Receiver]?: FunctionDefinition };

/** A function of a user's own file (`--import`). It is given values; what it returns is made a value, or the record is bad. */
export type ImportedFunction = (...values: unknown[]) => unknown;

/** What an expression may refer to besides its parameters. */
export interface Scope {
  /** Functions that stand by themselves, `upper(x)`. */
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  readonly methods: ReadonlyMap<string, Variants>;
  /** By name. They go before functions of the language of the same name. */
  readonly imports: ReadonlyMap<string, ImportedFunction>;
  /** The time of the batch under way, ms; read each time `now()` is worked out. */
  readonly now: () => number;
  /** Tells the user something, once for all that is about the same. */
  readonly note?: RunQuestions['note'] | undefined;
  /** The comparisons of the program, as they are compiled. */
  readonly comparisons: Comparisons;
}

/** Makes the scope of a program. */
export function createScope(settings: {
  /** All functions and methods, as the catalog lists them. */
  readonly functions: readonly FunctionDefinition[];
  readonly imports: Scope['imports'];
  readonly now: Scope['now'];
  readonly note?: Scope['note'];
}): Scope {
  const functions = new Map<string, FunctionDefinition>();
  const methods = new Map<string, Variants>();
  for (const definition of settings.functions) {
    if (definition.receiver === undefined) functions.set(definition.name, definition);
    else methods.set(definition.name, { ...methods.get(definition.name), [definition.receiver]: definition });
  }
  const { imports, now, note } = settings;
  return { functions, methods, imports, now, note, comparisons: new Comparisons() };
}
