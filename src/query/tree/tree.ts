import type { Place } from '../../base/problem.ts';

/**
 * The tree of a program: plain data, made by the parser, never changed. It says what was written, not what it means; which names
 * exist is the catalog's matter.
 */
export interface Program {
  readonly lets: readonly Let[];
  readonly streams: readonly Stream[];
}

/** `let NAME = stream;` */
export interface Let {
  readonly name: string;
  readonly namePlace: Place;
  readonly stream: Stream;
}

/** `stage | stage | …`, at least one. */
export interface Stream {
  readonly stages: readonly Call[];
  readonly place: Place;
}

/** What stands between the brackets of a call: `on: .ts` has a name, `30s` has none. */
export interface Argument {
  readonly name?: string;
  readonly namePlace?: Place;
  /** A stream only where stages are joined by `|`; a lone stage reads as a name or a call. */
  readonly value: Expression | StreamArgument;
}

export interface StreamArgument {
  readonly kind: 'stream';
  readonly stream: Stream;
  readonly place: Place;
}

/** A stage of a stream, or a function's call in an expression: `window(30s, 10s)`. */
export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly namePlace: Place;
  readonly arguments: readonly Argument[];
  /** False for a stage written without brackets: `count`. */
  readonly bracketed: boolean;
  /** Of a stage: `as "paths"`. */
  readonly as?: { readonly name: string; readonly place: Place };
  readonly place: Place;
}

export type UnaryOperator = '!' | '-' | '+';
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '**' | '==' | '!=' | '<' | '<=' | '>' | '>=';
export type LogicalOperator = '&&' | '||' | '??';

interface At {
  readonly place: Place;
}

export type Expression =
  | Call
  /** A string, number, boolean or null; `text` is how it was written (`30s`, `10mb`, `0x1f`, `"a"`), `unit` says what a number measures. */
  | (At & {
      readonly kind: 'literal';
      readonly value: string | number | bigint | boolean | null;
      readonly text: string;
      readonly unit?: 'duration' | 'size';
    })
  | (At & { readonly kind: 'regex'; readonly pattern: string; readonly flags: string })
  /** `a${x}b`: texts and expressions in turn, one text more than expressions. */
  | (At & { readonly kind: 'template'; readonly texts: readonly string[]; readonly parts: readonly Expression[] })
  | (At & { readonly kind: 'list'; readonly items: readonly (Expression | Spread)[] })
  | (At & { readonly kind: 'object'; readonly entries: readonly (Entry | Spread)[] })
  | (At & { readonly kind: 'name'; readonly name: string })
  /** `_` */
  | (At & { readonly kind: 'placeholder' })
  /** `.name`: the field of the one parameter, where a lambda is expected. */
  | (At & { readonly kind: 'field'; readonly name: string })
  | (At & {
      readonly kind: 'member';
      readonly object: Expression;
      readonly name: string;
      readonly namePlace: Place;
      readonly optional: boolean;
    })
  | (At & {
      readonly kind: 'index';
      readonly object: Expression;
      readonly index: Expression;
      readonly optional: boolean;
    })
  /** `object.name(…)` */
  | (At & {
      readonly kind: 'method';
      readonly object: Expression;
      readonly name: string;
      readonly namePlace: Place;
      readonly arguments: readonly Argument[];
      readonly optional: boolean;
    })
  | (At & { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression })
  | (At & {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (At & {
      readonly kind: 'logical';
      readonly operator: LogicalOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (At & {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    })
  | Lambda;

export interface Lambda {
  readonly kind: 'lambda';
  readonly parameters: readonly { readonly name: string; readonly place: Place }[];
  readonly body: Expression;
  readonly place: Place;
}

/** `...xs` in a list or an object. */
export interface Spread {
  readonly kind: 'spread';
  readonly value: Expression;
  readonly place: Place;
}

/** `name: value` or `[computed]: value`; `{a}` reads as `{a: a}`. */
export interface Entry {
  readonly kind: 'entry';
  readonly key: string | Expression;
  readonly value: Expression;
  readonly place: Place;
}
