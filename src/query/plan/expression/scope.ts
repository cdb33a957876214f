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

/** Makes the scope of a program. The functions are gone through when the first of them is asked for. */
export function createScope(settings: {
  /** All functions and methods, as the catalog lists them. */
  readonly functions: Iterable<FunctionDefinition>;
  readonly imports: Scope['imports'];
  readonly now: Scope['now'];
  readonly note?: Scope['note'];
}): Scope {
  const { functions, imports, now, note } = settings;
  let known: Pick<Scope, 'functions' | 'methods'> | undefined;
  return {
    get functions() {
      known ??= byName(functions);
      return known.functions;
    },
    get methods() {
      known ??= byName(functions);
      return known.methods;
    },
    imports,
    now,
    note,
    comparisons: new Comparisons(),
  };
}

function byName(definitions: Iterable<FunctionDefinition>): Pick<Scope, 'functions' | 'methods'> {
  const functions = new Map<string, FunctionDefinition>();
  const methods = new Map<string, Variants>();
  for (const definition of definitions) {
    if (definition.receiver === undefined) functions.set(definition.name, definition);
    else methods.set(definition.name, { ...methods.get(definition.name), [definition.receiver]: definition });
  }
  return { functions, methods };
}
