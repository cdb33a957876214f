/** What the module offers. */
export { readClf, wantColumn } from './clf';
export { makeNames, readJson, wantName } from './json';
export { forgetKnownTexts, knownTextsFull, makeKnownTexts } from './known-texts';
export { countNewlines, findText } from './lines';
export { input } from './memory';
export { makeRows, nextLine } from './rows';
export { clearTable, countTexts, firstStretch, tableSize } from './text-table';
export { countEachPart, countEachWord, countParts, countWords } from './texts-of-lines';
