import { functionGroups, topics } from './dictionary.ts';

/** A word of the language that a search has found. */
export interface Found {
  readonly name: string;
  /** `stage`, `aggregate`, `function`, `method of strings`. */
  readonly kind: string;
  readonly summary: string;
}

interface Entry extends Found {
  /** What is looked through, the most telling first. */
  readonly texts: readonly string[];
}

const entries: readonly Entry[] = [
  ...topics.flatMap(({ words }) =>
    words.map(({ name, kind, summary, docs, synonyms = [], parameters }) => ({
      name,
      kind,
      summary,
      texts: [
        name,
        synonyms.join('\n'),
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

/** The words of the language that a word of a user's is about: in their names, synonyms, summaries or docs, in this order. */
export function search(wanted: string): readonly Found[] {
  const text = stemOf(wanted.toLowerCase());
  if (text.length < 2) return [];
  const ranked = entries.flatMap((entry) => {
    const rank = entry.texts.findIndex((searched) => searched.toLowerCase().includes(text));
    return rank === -1 ? [] : [{ entry, rank }];
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ entry: { name, kind, summary } }) => ({ name, kind, summary }));
}

/** What a word has in common with its other forms: percentile and percentiles, median and medians. */
function stemOf(word: string): string {
  return word.length > 4 ? word.replace(/(?<!s)s$/, '') : word;
}
