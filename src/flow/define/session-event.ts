import type { Value } from '../../base/value.ts';

/** One record, as it came from its source. */
export type RecordedContent =
  | { readonly text: string }
  /** Lines that are not valid UTF-8, in base64. */
  | { readonly bytes: string }
  | { readonly value: Value }
  /** No record: data comes from the origin from now on, or nothing more does. */
  | { readonly opened: true; readonly firstLine?: string | undefined }
  | { readonly ended: true }
  | { readonly bad: string; readonly detail: string | undefined; readonly text: string };

export type SessionEvent =
  | {
      readonly kind: 'record';
      /** When it came; within its batch. */
      readonly time: number;
      /** The number of its source in the recorded program, from 1. */
      readonly source: number;
      /** The number of the file or connection that it came from, from 1. */
      readonly origin: number;
      readonly name: string;
      readonly content: RecordedContent;
    }
  /** A batch was closed. `partial`: the run ended before its time. */
  | { readonly kind: 'tick'; readonly time: number; readonly partial: boolean }
  /** No process was at work up to this time, ms: batches before it that have no tick of their own were none. */
  | { readonly kind: 'pause'; readonly time: number }
  /** The last line of the file was cut off: what it said is not known. */
  | { readonly kind: 'cut'; readonly line: number; readonly time: number };
