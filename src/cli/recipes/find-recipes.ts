import { answersFor } from '../../query/plan/foreign/foreign-word.ts';
import { patternOf, wordsOf } from '../words/search.ts';
import { recipes } from './all-recipes.ts';
import { cookbook } from './cookbook.ts';
import type { Recipe } from './recipe.ts';

/**
 * The recipes that some words are about: all of them are words of what it is found by, or else begin some.
 *
 * @param alsoByTitle where there are none, those that have the words in their titles.
 */
export function findRecipes(wanted: string, alsoByTitle: boolean): readonly Recipe[] {
  const words = wordsOf(wanted.replaceAll(',', ' '));
  if (words.length === 0) return [];
  const all = [...recipes, ...cookbook];
  const whole = words.map((word) => patternOf(word, true));
  const begun = words.map((word) => patternOf(word, false));
  const foundBy = (patterns: readonly RegExp[]) =>
    all.filter(({ finds = '' }) => finds.split(',').some((phrase) => hasAll(phrase, patterns)));
  const exactly = foundBy(whole);
  const found = exactly.length > 0 ? exactly : foundBy(begun);
  return found.length > 0 || !alsoByTitle ? found : all.filter(({ title }) => hasAll(title, begun));
}

function hasAll(text: string, words: readonly RegExp[]): boolean {
  return words.every((word) => word.test(text));
}

/** What is said of a word of another tool, a line for each place where it may stand; undefined for all others. */
export function wordOfOthers(word: string): string | undefined {
  const answers = answersFor(word).map(({ where, answer }) => `  ${where}: ${answer}`);
  return answers.length === 0
    ? undefined
    : `${word} is a word of other tools. What to write here:\n${answers.join('\n')}`;
}
