import type { Split } from './position.ts';

/**
 * Cuts the bytes of one origin into records and delivers them. However the bytes are cut into pieces, the records are the same.
 * Everything happens within the calls, and a promise that comes back is the inbox's (see `SourceContext.deliver`), but for what is packed
 * (see `Unpacker`) and what comes as a whole and is much (see `InSteps`).
 */
export interface Framer {
  /** Takes the next bytes. They are the caller's again after the call. */
  push(piece: Uint8Array): Promise<void> | undefined;
  /**
   * The origin is at its end: a last record without a delimiter is delivered; a newline that ends it is the file's, not the record's.
   * Called once, nothing afterwards.
   */
  end(): Promise<void> | undefined;
}

/** How the position of a source is told that gives the bytes of an origin to a framer, and where the framer begins. Offsets are in what is unpacked. */
export interface Progress {
  /** The bytes in front of the first record that is to be delivered. */
  readonly from: number;
  /** How many of them the framer is given all the same, and passes over: packed data can be read from its start only. */
  readonly skip: number;
  /** The record that begins there was told of as bad before its end had come: what comes of it is passed over. */
  readonly isPassing: boolean;
  /** The split behind all records up to an offset. @param isPassing whether the one that begins there was told of as bad. */
  behind(offset: number, isPassing: boolean): Split;
  /** The split once nothing more is delivered. @param isWhole whether all that there was could be; undefined where it is to be read on then. */
  over(isWhole: boolean): Split | undefined;
}
