/**
 * The span of an emission: a batch, or a window. All in ms since the epoch (since 0 where the clock is virtual).
 *
 *     start ──────────────── end
 *                            time: the tick at which it came out, end or later
 */
export interface Span {
  /** The tick at which it came out. */
  readonly time: number;
  readonly start: number;
  readonly end: number;
  /** Cut short by the end of the run. */
  readonly partial: boolean;
  /** Set where it is of all batches of the run: how many they were. */
  readonly batches?: number;
}
