import { functionGroups, topics } from './dictionary.ts';
import type { OptionText } from './options-text.ts';

/** A word of the language that a search has found. */
interface Found {
  readonly name: string;
  /** `stage`, `aggregate`, `function`, `method of strings`. */
  readonly kind: string;
  readonly summary: string;
}

interface Entry extends Found {
  /** What is looked through, the most telling first. */
  readonly texts: readonly string[];
}

/** All words of the language. */
function entries(): readonly Entry[] {
  return [
    ...topics.flatMap(({ words }) =>
      words.map(({ name, kind, summary, docs, aliases = [], synonyms = [], parameters }) => ({
        name,
        kind,
        summary,
        texts: [
          name,
          [...aliases, ...synonyms].join('\n'),
          summary,
          docs,
          Object.entries(parameters)
            .map(([parameter, described]) => `${parameter} ${described.docs}`)
            .join('\n'),
        ],
      })),
    ),
    ...[...functionGroups().values()].flat().map(({ name, receiver, summary, synonyms = [] }) => ({
      name,
      kind: receiver === undefined ? 'function' : `method of a ${receiver}`,
      summary,
      texts: [name, synonyms.join('\n'), summary],
    })),
  ];
}

/**
 * The words of the language that some words of a user's are about: each is in their name, or begins a word of their synonyms, summary or
 * docs, in this order.
 *
 * @param wanted with spaces between: `moving average`.
 * @param options of the command line, and its commands, which are looked through as well.
 */
export function search(wanted: string, options: readonly OptionText[] = []): readonly Found[] {
  const stems = wordsOf(wanted).filter((stem) => stem.length > 1);
  if (stems.length === 0) return [];
  const all = [...entries(), ...options.map(entryOf)];
  const ranked = all.flatMap((entry) => {
    const ranks = stems.map((stem) => rankOf(entry, stem));
    return ranks.includes(-1) ? [] : [{ entry, rank: Math.max(...ranks) }];
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ entry: { name, kind, summary } }) => ({ name, kind, summary }));
}

function entryOf({ name, summary }: OptionText): Entry {
  return { name, kind: name.startsWith('--') ? 'option' : 'command', summary, texts: [name, '', summary] };
}

/** Which of its texts a word is found in, from 0; -1 if in none. Within a word only names are looked into: late is not in translated. */
function rankOf({ name, texts }: Entry, stem: string): number {
  if (name.toLowerCase().includes(stem)) return 0;
  const begin = patternOf(stem, false);
  return texts.findIndex((text) => begin.test(text));
}

/** Words that say nothing of what is looked for. */
const IDLE = new Set(['a', 'an', 'the', 'of', 'with', 'my', 'how', 'do', 'i', 'is']);

/** What somebody looks for, word by word, without those that say nothing unless there are no others. */
export function wordsOf(wanted: string): readonly string[] {
  const words = wanted
    .toLowerCase()
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  const telling = words.filter((word) => !IDLE.has(word));
  return (telling.length > 0 ? telling : words).map(stemOf);
}

/** What a word has in common with its other forms: percentile and percentiles, median and medians. */
function stemOf(word: string): string {
  return word.length > 4 ? word.replace(/(?<!s)s$/, '') : word;
}

/** So short a word begins too many others: man is not in many. */
const SHORT_WORD = 3;

/** What finds a word that is whole, or in the plural, or begins another one. */
export function patternOf(word: string, isWhole: boolean): RegExp {
  const end = isWhole || word.length <= SHORT_WORD ? 's?(?![a-z0-9])' : '';
  return new RegExp(`(?<![a-z0-9])${word.replace(/[^\w\s]/g, '\\$&')}${end}`, 'i');
}
