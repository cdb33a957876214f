import type { Example } from '../../flow/define/word.ts';

/** What somebody wants, and how it is said. Run as a test like the examples of the catalog. */
export interface Recipe extends Example {
  readonly title: string;
  /** What people look for it by besides the words of its title and program, with commas between. */
  readonly finds?: string;
}

/** A log that several recipes read. */
export const LOG =
  '{"ts":"2026-03-06T10:00:10Z","path":"/a","status":200,"ms":3,"user":"ada","bytes":100}\n' +
  '{"ts":"2026-03-06T10:00:50Z","path":"/b","status":502,"ms":70,"user":"bob","bytes":900}\n' +
  '{"ts":"2026-03-06T10:01:05Z","path":"/a","status":200,"ms":5,"user":"ada","bytes":50}';
