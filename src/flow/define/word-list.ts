import type { Described } from './word.ts';

/**
 * The words of one kind by their names, in the order of the documentation. What is asked for by name loads nothing else: in the command
 * that is built, a word's file is evaluated when its definition is first wanted. Iterating wants all of them.
 */
export class WordList<T extends Described> implements Iterable<T> {
  private readonly words: { readonly [name: string]: T };

  /** @param words by name; read one at a time, and only those that are asked for. */
  constructor(words: { readonly [name: string]: T }) {
    this.words = words;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.words, name);
  }

  get(name: string): T | undefined {
    return this.has(name) ? this.words[name] : undefined;
  }

  /** The names, without aliases. */
  get names(): readonly string[] {
    return Object.keys(this.words);
  }

  /** The first that is so; words behind it are not asked for. */
  find(isSo: (word: T) => unknown): T | undefined {
    for (const word of this) if (isSo(word)) return word;
    return undefined;
  }

  /** The name of the word that may also be called so; undefined where there is none. */
  named(alias: string): string | undefined {
    return this.find(({ aliases }) => aliases?.includes(alias))?.name;
  }

  /** These words and one more, or one in the place of that of its name. */
  with(word: T): WordList<T> {
    const these = Object.getOwnPropertyDescriptors(this.words);
    return new WordList(Object.defineProperties({}, { ...these, [word.name]: { value: word, enumerable: true } }));
  }

  /** These words, each as `change` makes it, which is asked when the word is wanted. */
  changed(change: (word: T) => T): WordList<T> {
    const { words } = this;
    const made = this.names.map((name) => [name, { get: () => change(words[name]!), enumerable: true }] as const);
    return new WordList(Object.defineProperties({}, Object.fromEntries(made)));
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const name of this.names) yield this.words[name]!;
  }
}

/** Tables of definitions, one behind the other: each is loaded when somebody comes to it. */
export class Tables<T> implements Iterable<T> {
  private readonly tables: { readonly [name: string]: readonly T[] };

  constructor(tables: { readonly [name: string]: readonly T[] }) {
    this.tables = tables;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const name of Object.keys(this.tables)) yield* this.tables[name]!;
  }
}
