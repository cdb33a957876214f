/** What the module offers. */
export { readClf, wantColumn } from './clf';
export { addColumn, leaveLine, readDelimited, setLayout, startColumns } from './delimited';
export { readJson } from './json';
export { forgetKnownTexts, knownTextsFull, lookUpTexts, makeKnownTexts } from './known-texts';
export { countNewlines, findText } from './lines';
export { keepText, readLogfmt } from './logfmt';
export { input } from './memory';
export { makeNames, wantName } from './names';
export { chosenRows, makeRows, nextLine } from './rows';
export { clearTable, countTexts, firstStretch, tableSize } from './text-table';
export { countEachPart, countEachWord, countParts, countWords } from './texts-of-lines';
