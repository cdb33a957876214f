import { listOf, STRING } from '../../base/type.ts';
import { defineFunction, type FunctionDefinition } from '../define/function.ts';

const TEXT = [{ name: 'text', type: STRING }];

/** The words of a text: what stands between white space, nothing else changed. */
function words(text: string): string[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}

/** The lines of a text; a last line end does not begin another line. */
function lines(text: string): string[] {
  const found = text.split(/\r?\n/);
  if (found.at(-1) === '') found.pop();
  return found;
}

/** Functions of texts; most of what can be done with a text is a method. */
export const textFunctions: readonly FunctionDefinition[] = [
  defineFunction({
    name: 'upper',
    group: 'text',
    summary: 'The text in upper case',
    examples: [{ expression: 'upper("abc")', gives: '"ABC"' }],
    parameters: TEXT,
    gives: STRING,
    call: (text: string) => text.toUpperCase(),
  }),
  defineFunction({
    name: 'lower',
    group: 'text',
    summary: 'The text in lower case',
    examples: [{ expression: 'lower("ABC")', gives: '"abc"' }],
    parameters: TEXT,
    gives: STRING,
    call: (text: string) => text.toLowerCase(),
  }),
  defineFunction({
    name: 'trim',
    group: 'text',
    summary: 'The text without white space at both ends',
    examples: [{ expression: 'trim(" a b ")', gives: '"a b"' }],
    parameters: TEXT,
    gives: STRING,
    call: (text: string) => text.trim(),
  }),
  defineFunction({
    name: 'words',
    group: 'text',
    summary: 'The words of a text: what stands between white space',
    examples: [{ expression: 'words(" to be,  or ")', gives: '["to","be,","or"]' }],
    parameters: TEXT,
    gives: listOf(STRING),
    call: words,
  }),
  defineFunction({
    name: 'lines',
    group: 'text',
    summary: 'The lines of a text',
    examples: [{ expression: 'lines("a\\nb\\n")', gives: '["a","b"]' }],
    parameters: TEXT,
    gives: listOf(STRING),
    call: lines,
  }),
];
