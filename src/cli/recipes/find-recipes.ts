import { answersFor } from '../../query/plan/foreign/foreign-word.ts';
import { stemOf } from '../words/search.ts';
import { recipes } from './all-recipes.ts';
import { cookbook } from './cookbook.ts';
import type { Recipe } from './recipe.ts';

/**
 * The recipes that some words are about: all of them begin a word of what it is found by.
 *
 * @param alsoByTitle where there are none, those that have the words in their titles.
 */
export function findRecipes(wanted: string, alsoByTitle: boolean): readonly Recipe[] {
  const words = wanted
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map(stemOf);
  if (words.length === 0) return [];
  const all = [...recipes, ...cookbook];
  const found = all.filter(({ finds = '' }) => finds.split(',').some((phrase) => hasAll(phrase, words)));
  return found.length > 0 || !alsoByTitle ? found : all.filter(({ title }) => hasAll(title, words));
}

function hasAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => new RegExp(`(?<![a-z0-9])${word.replace(/[^\w\s]/g, '\\$&')}`, 'i').test(text));
}

/** What is said of a word of another tool, a line for each place where it may stand; undefined for all others. */
export function wordOfOthers(word: string): string | undefined {
  const answers = answersFor(word).map(({ where, answer }) => `  ${where}: ${answer}`);
  return answers.length === 0
    ? undefined
    : `${word} is a word of other tools. What to write here:\n${answers.join('\n')}`;
}
