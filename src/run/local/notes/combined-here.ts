/** Told where others have made groups of the input in parts, and these are of no use. */
export const COMBINED_HERE =
  'the records are combined here, one after the other: combined in parts, they might give another answer';
