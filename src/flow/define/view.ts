import type { Value } from '../../base/value.ts';
import type { TlsFiles } from './network.ts';
import type { Span } from './span.ts';

/** How the results of one stream are to be served, as the program says it. */
export interface ViewWish {
  /** 0 for one that is free; undefined where nobody looks, and the results are kept for a page that is saved. */
  readonly port: number | undefined;
  readonly host: string;
  /** What it is called in addresses; found in the program unless given. */
  readonly name: string | undefined;
  /** How far back results are kept, ms. */
  readonly keep: number;
  /** Who knows this may look; undefined where the program does not say. */
  readonly token: string | undefined;
  /** Anyone who reaches the address may look. */
  readonly open: boolean;
  /** Whose pages may read what is served, and show it within themselves: origins as browsers write them. */
  readonly cors: readonly string[];
  /** The certificate and its key where connections are encrypted (TLS). */
  readonly secure: TlsFiles | undefined;
  /** Whether the newest numbers are among the metrics. */
  readonly metrics: boolean;
}

/** What takes the records of a view, as a sink does. */
export interface ViewIntake {
  /** See `Sink.mark`: how far its results are kept. */
  mark?(): Promise<Value | undefined>;
  push(record: Value): void;
  close(span: Span): void;
  blocked(): undefined;
  leave(): Promise<void>;
  /** See `Sink.linger`. */
  linger(): Promise<void>;
  finish(): Promise<void>;
}

/** What serves results. Views of one host and port are served together. `from` is the last mark of the view that an earlier run has kept. */
export type OpenView = (wish: ViewWish, from?: Value) => ViewIntake;
