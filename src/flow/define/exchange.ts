import type { Compiled } from './compiled.ts';

/**
 * How the records of a batch have to come together before a stage can work on its share of them in one of several processes, in the order
 * of the input: not at all (`none`: it sees each by itself), all in one place (`whole`), or those for which a function gives the same. Where a
 * join takes a number and the text that is its spelling for one key (`joinIdentity`), these are the same here too.
 */
export type Exchange = 'none' | 'whole' | { readonly by: Compiled };
