/** What the module offers. */
export { readClf, wantColumn } from './clf';
export { makeNames, readJson, wantName } from './json';
export { forgetKnownTexts, knownTextsFull, lookUpTexts, makeKnownTexts } from './known-texts';
export { countNewlines } from './lines';
export { input } from './memory';
export { chosenRows, makeRows, nextLine } from './rows';
export { clearTable, countStretch, firstStretch, tableSize } from './text-table';
export { countEachPart, countEachWord, countParts, countWords } from './texts-of-lines';
