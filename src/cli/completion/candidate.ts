/** Something that could stand where the cursor is. */
export interface Candidate {
  readonly text: string;
  /** A few words about it, shown where the shell can. */
  readonly summary: string;
  /** What is shown of it in a list, where that is less than the text: what stands before it is the same for all. */
  readonly shown?: string;
  /** It is offered to whoever has begun it, and not in front of all else: another name of a word, or what is rarely meant. */
  readonly isRare?: boolean;
}
