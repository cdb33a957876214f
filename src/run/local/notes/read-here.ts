/** Told where others have worked on the input, and what they made of it is of no use. */
export const READ_HERE = 'the records are read here, one after the other: dealt out, they might give another answer';
