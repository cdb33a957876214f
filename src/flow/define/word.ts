import type { Parameters } from './parameters.ts';

/** A pipeline, its input and what it gives; shown in help and run as a test. */
export interface Example {
  /** Without a source it reads `in` as lines of text. Without a sink, `out` is what `print` writes as text. */
  readonly program: string;
  readonly in?: string;
  /** The files that it reads, by the name it reads them by. */
  readonly files?: { readonly [name: string]: string };
  readonly out: string;
  /** The files that it writes, whole, by the name it writes them by. */
  readonly writes?: { readonly [name: string]: string };
  /** Why it cannot be run as a test: `it waits for a client`. */
  readonly notRun?: string;
}

/** What every definition says of its word. */
export interface Described {
  readonly name: string;
  /** One line for lists, at most 80 characters, without a full stop. */
  readonly summary: string;
  /** A few sentences of Markdown for help and reference: what goes in, what comes out, what it costs, where it differs from Spark. */
  readonly docs: string;
  /** Other names for it, which a program may use as well and which mean the same. */
  readonly aliases?: readonly string[];
  /** What else people call it, where neither name nor texts say so: `leat help` finds it by these. */
  readonly synonyms?: readonly string[];
  /** At least one. */
  readonly examples: readonly Example[];
  readonly parameters: Parameters;
  /** What to write where it is given more arguments than it takes, with what the others are probably meant for. */
  readonly surplus?: string;
}
