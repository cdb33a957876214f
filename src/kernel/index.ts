/** What the module offers. */
export { countNewlines } from './lines';
export { input } from './memory';
export { clearTable, firstStretch, tableSize } from './text-table';
export { countEachPart, countEachWord, countParts, countWords } from './texts-of-lines';
