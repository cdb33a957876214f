/**
 * How a leat sends to another one by TCP so that it knows what has arrived. Who is connected to speaks first, so that nothing is sent to who would not understand it.
 *
 *     listen   leat-acked 1\n
 *     send     leat-acked 1 7c9e6679-7425-40de-944b-e07fc1f90ae7\n       who sends: the same over all its connections and runs
 *     send     12 4096\n  and 4096 bytes                                part 12; the next one when this is acknowledged
 *     listen   12\n                                                     it is safe, now or since it came before
 *     listen   no: a part has 64mb at most\n                            it will never be taken
 */
export const GREETING = 'leat-acked 1';

/** What a line begins with that says why nothing more is taken. */
export const REFUSAL = 'no: ';

/** A line of either end is no longer than this, bytes. */
export const LONGEST_LINE = 400;

/** Lines of an end, cut from what comes in pieces. */
export class ShortLines {
  private rest = '';

  /** @returns whole lines; undefined where one is too long. */
  take(piece: Buffer): readonly string[] | undefined {
    const lines = (this.rest + piece.toString('latin1')).split('\n');
    this.rest = lines.pop()!;
    return [this.rest, ...lines].some(({ length }) => length > LONGEST_LINE) ? undefined : lines;
  }
}
