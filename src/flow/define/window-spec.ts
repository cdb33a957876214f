import type { Compiled } from './compiled.ts';

/** What a window stage asks for. Durations in ms. The plan decides what it aggregates. */
export type WindowSpec =
  /** The batches in (t − length, t], at every multiple of `slide`. Without a slide, each batch. */
  | { readonly kind: 'batches'; readonly length: number; readonly slide?: number; readonly filter?: Compiled }
  /** All batches from the start of the run. */
  | { readonly kind: 'running' }
  /** Event time, half-open [start, end), aligned to the epoch. */
  | {
      readonly kind: 'event';
      readonly length: number;
      readonly slide: number;
      readonly on: Compiled;
      /** Undefined where the program does not say. */
      readonly late: number | undefined;
      readonly idle: number;
      readonly future: number;
      readonly emit: 'close' | 'update';
      readonly lateTo?: string;
      readonly zone?: string;
      readonly filter?: Compiled;
    };
