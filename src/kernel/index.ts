/** What the module offers of the files that others share. Those that no other one needs are offered whole, and need not be named here. */
export { forgetKnownTexts, growKnownTexts, knownTextsFull, lookUpTexts, makeKnownTexts } from './known-texts';
export { input } from './memory';
export { makeNames, wantMembers, wantName } from './names';
export { chosenRows, makeRows, nextLine } from './rows';
export { clearTable, countTexts, firstStretch, tableSize } from './text-table';
