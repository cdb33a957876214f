/** Something that could stand where the cursor is. */
export interface Candidate {
  readonly text: string;
  /** A few words about it, shown where the shell can. */
  readonly summary: string;
  /** It is another name of a word. */
  readonly isAlias?: boolean;
}
