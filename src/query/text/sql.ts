/** What a query of SQL is as a program: told to whoever writes one, and never run. */

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A part of an expression that is being written. `open` and `close` say that nothing stands between it and what comes behind or before. */
interface Piece {
  text: string;
  readonly open?: boolean;
  readonly close?: boolean;
  /** It is a value, behind which no other can stand. */
  readonly isValue?: boolean;
}

/** One thing that is selected. */
interface Item {
  readonly words: readonly Word[];
  /** The name behind `as`. */
  readonly alias: string | undefined;
  /** The aggregate, where it is one. */
  readonly aggregate: string | undefined;
  readonly name: string;
}

/** What cannot be said in a line, or is not understood. */
class NotSaid {}

const CLAUSES = new Set(['select', 'from', 'where', 'group', 'having', 'order', 'limit']);
const AGGREGATES = new Set(['count', 'sum', 'avg', 'min', 'max', 'stddev']);
const FUNCTIONS: { readonly [name: string]: string } = {
  lower: 'lower',
  upper: 'upper',
  abs: 'abs',
  round: 'round',
  floor: 'floor',
  length: 'len',
  coalesce: 'coalesce',
};
const OPERATORS: { readonly [word: string]: string } = {
  '=': '==',
  '<>': '!=',
  and: '&&',
  or: '||',
  true: 'true',
  false: 'false',
  null: 'null',
};
const ADOPTED = new Set(['!=', '<', '>', '<=', '>=', '+', '-', '*', '/', '%']);

/** The longest query that is looked at, in UTF-16 units. */
const LONGEST = 2000;

/** What is written instead where a query is not understood. */
const SHAPE = 'json | filter(condition) | groupBy(.key, {n: count()}) | sortBy(.n, desc: true) | take(10)';

/** The program for a query that starts with `select`, or the shape of one. */
export function programForSql(query: string): string {
  try {
    if (query.length > LONGEST) return SHAPE;
    return new Query(query).program();
  } catch (error) {
    if (!(error instanceof NotSaid)) throw error;
    return SHAPE;
  }
}

class Query {
  private readonly clauses = new Map<string, Word[]>();
  private readonly isDistinct: boolean;
  private readonly items: readonly Item[];
  /** What the table is called in the query: `l` in `from logs l`. */
  private readonly alias: string | undefined;
  private readonly table: string;

  constructor(text: string) {
    let clause: Word[] = [];
    for (const match of wordsOf(text.replace(/;\s*$/, ''))) {
      const word = { text: match[0], start: match.index, end: match.index + match[0].length };
      const name = word.text.toLowerCase();
      if (CLAUSES.has(name)) {
        if (this.clauses.has(name)) throw new NotSaid();
        clause = [];
        this.clauses.set(name, clause);
      } else clause.push(word);
    }
    const selected = this.words('select');
    this.isDistinct = is(selected[0], 'distinct');
    const from = this.words('from');
    if (from.length === 0 || from.some(({ text: word }) => word === ',' || is(word, 'join'))) throw new NotSaid();
    // The name of a file may be several words to us, with nothing between them.
    const gap = from.findIndex((word, i) => i > 0 && word.start > from[i - 1]!.end);
    const table = gap === -1 ? from : from.slice(0, gap);
    this.table = unquoted(text.slice(table[0]!.start, table.at(-1)!.end));
    this.alias = gap === -1 ? undefined : from.at(-1)!.text;
    this.items = withNames(split(this.isDistinct ? selected.slice(1) : selected).map(itemOf));
    if (this.items.length === 0) throw new NotSaid();
  }

  program(): string {
    const where = this.words('where');
    const isGrouped = this.clauses.has('group') || this.items.some(({ aggregate }) => aggregate !== undefined);
    if (this.clauses.has('having') && !isGrouped) throw new NotSaid();
    return [
      ...this.source(),
      ...(where.length === 0 ? [] : [`filter(${this.expression(where)})`]),
      ...(isGrouped ? [...this.grouping(), ...this.order(), ...this.limit()] : this.projection()),
    ].join(' | ');
  }

  private words(clause: string): readonly Word[] {
    return this.clauses.get(clause) ?? [];
  }

  private source(): readonly string[] {
    const ending = /\.(\w+)(?:\.gz)?$/.exec(this.table)?.[1]?.toLowerCase();
    const parser = ending === 'csv' || ending === 'tsv' ? ending : 'json';
    const isFile = /[./]/.test(this.table);
    return isFile ? [`files(${JSON.stringify(this.table)})`, parser] : [parser];
  }

  private projection(): readonly string[] {
    const isAll = this.items.length === 1 && this.items[0]!.words.map(({ text }) => text).join('') === '*';
    if (this.isDistinct && this.clauses.has('order')) throw new NotSaid();
    const [first] = this.items;
    const written = isAll
      ? []
      : this.items.length === 1 && first!.alias === undefined
        ? [`map(${this.expression(first!.words)})`]
        : [`map({${this.items.map((item) => `${item.name}: ${this.expression(item.words)}`).join(', ')}})`];
    // Order and limit before what is selected: they may look at other columns.
    return this.isDistinct ? [...written, 'distinct', ...this.limit()] : [...this.order(), ...this.limit(), ...written];
  }

  private grouping(): readonly string[] {
    const keys = split(this.words('group').slice(1)).map((words) => this.numbered(words));
    const aggregates = this.items.filter(({ aggregate }) => aggregate !== undefined);
    const columns = aggregates.map(({ name, words }) => `${name}: ${this.aggregate(words)}`).join(', ');
    const named = keys.map((words) => `${nameOf(words, 'key')}: ${this.expression(words)}`);
    const key = keys.length === 1 ? this.expression(keys[0]!) : `{${named.join(', ')}}`;
    const having = this.words('having');
    return [
      ...(keys.length === 0
        ? [`aggregate({${columns}})`]
        : columns === ''
          ? [`map(${key})`, 'distinct']
          : [`groupBy(${key}, {${columns}})`]),
      ...(having.length === 0 ? [] : [`filter(${this.expression(having)})`]),
    ];
  }

  private order(): readonly string[] {
    const [first, ...others] = split(this.words('order').slice(1));
    if (first === undefined) return [];
    if (others.length > 0) throw new NotSaid();
    const last = first.at(-1);
    const isDescending = is(last, 'desc');
    const words = isDescending || is(last, 'asc') ? first.slice(0, -1) : first;
    return [`sortBy(${this.expression(this.numbered(words))}${isDescending ? ', desc: true' : ''})`];
  }

  private limit(): readonly string[] {
    const words = this.words('limit');
    if (words.length === 0) return [];
    if (words.length > 1 || !/^\d+$/.test(words[0]!.text)) throw new NotSaid();
    return [`take(${words[0]!.text})`];
  }

  /** `order by 2` is by what is selected second. */
  private numbered(words: readonly Word[]): readonly Word[] {
    const item =
      words.length === 1 && /^\d+$/.test(words[0]!.text) ? this.items[Number(words[0]!.text) - 1] : undefined;
    return item?.words ?? words;
  }

  private aggregate(words: readonly Word[]): string {
    const name = words[0]!.text.toLowerCase();
    const inner = words.slice(2, -1);
    if (name !== 'count') return `${name}(${this.expression(inner)})`;
    return is(inner[0], 'distinct') ? `distinct(${this.expression(inner.slice(1))})` : 'count()';
  }

  /** The column that a selected aggregate has become, for `having count(*) > 5`. */
  private columnOf(words: readonly Word[]): string {
    const written = (all: readonly Word[]) => all.map(({ text }) => text.toLowerCase()).join(' ');
    const item = this.items.find(({ words: own }) => written(own) === written(words));
    if (item === undefined) throw new NotSaid();
    return `.${item.name}`;
  }

  private expression(words: readonly Word[]): string {
    const pieces: Piece[] = [];
    for (let i = 0; i < words.length; i++) i = this.piece(words, i, pieces);
    if (pieces.length === 0) throw new NotSaid();
    if (pieces.some(({ isValue }, i) => isValue && pieces[i - 1]?.isValue)) throw new NotSaid();
    return pieces.map(({ text, close }, i) => (i === 0 || close || pieces[i - 1]!.open ? text : ` ${text}`)).join('');
  }

  /** Writes what stands at `i`. @returns where its last word is. */
  private piece(words: readonly Word[], i: number, pieces: Piece[]): number {
    const { text } = words[i]!;
    const name = text.toLowerCase();
    const isNot = name === 'not';
    const operator = isNot ? words[i + 1]?.text.toLowerCase() : name;
    const at = isNot ? i + 1 : i;
    if (name === 'is') return this.nullTest(words, i, pieces);
    if (operator === 'like' || operator === 'in') return this.memberTest(words, at, isNot, pieces);
    // In SQL it holds for all of a comparison, here for one value.
    if (isNot && operator !== '(') throw new NotSaid();
    if (isNot) pieces.push({ text: '!', open: true });
    else if (name === '(') pieces.push({ text: '(', open: true });
    else if (name === ')' || name === ',') pieces.push({ text: name, close: true });
    else if (Object.hasOwn(OPERATORS, name)) pieces.push({ text: OPERATORS[name]! });
    else if (ADOPTED.has(name)) pieces.push({ text });
    else if (/^\d/.test(text)) pieces.push({ text, isValue: true });
    else if (/^['"]/.test(text)) pieces.push({ text: JSON.stringify(unquoted(text)), isValue: true });
    else if (words[i + 1]?.text === '(') return this.call(words, i, pieces);
    else pieces.push({ text: this.field(text), isValue: true });
    return i;
  }

  private call(words: readonly Word[], i: number, pieces: Piece[]): number {
    const name = words[i]!.text.toLowerCase();
    if (AGGREGATES.has(name)) {
      const end = words.findIndex(({ text }, j) => j > i && text === ')');
      pieces.push({ text: this.columnOf(words.slice(i, end + 1)) });
      return end === -1 ? i : end;
    }
    if (!Object.hasOwn(FUNCTIONS, name)) throw new NotSaid();
    pieces.push({ text: FUNCTIONS[name]!, open: true });
    return i;
  }

  private nullTest(words: readonly Word[], i: number, pieces: Piece[]): number {
    const isNot = is(words[i + 1], 'not');
    const end = isNot ? i + 2 : i + 1;
    if (!is(words[end], 'null')) throw new NotSaid();
    pieces.push({ text: isNot ? '!= null' : '== null' });
    return end;
  }

  /** `like` and `in`, of what was written last. */
  private memberTest(words: readonly Word[], i: number, isNot: boolean, pieces: Piece[]): number {
    const subject = pieces.at(-1);
    if (subject === undefined || !subject.text.startsWith('.')) throw new NotSaid();
    const not = isNot ? '!' : '';
    if (is(words[i], 'in')) {
      const end = words.findIndex(({ text }, j) => j > i && text === ')');
      if (words[i + 1]?.text !== '(' || end === -1) throw new NotSaid();
      subject.text = `${not}[${this.expression(words.slice(i + 2, end))}].includes(${subject.text})`;
      return end;
    }
    const pattern = unquoted(words[i + 1]?.text ?? '');
    const [, before, middle, behind] = /^(%?)([^%_]+)(%?)$/.exec(pattern) ?? [];
    if (middle === undefined) throw new NotSaid();
    const method = before ? (behind ? 'includes' : 'endsWith') : behind ? 'startsWith' : undefined;
    const wanted = JSON.stringify(middle);
    subject.text =
      method === undefined ? `${not}(${subject.text} == ${wanted})` : `${not}${subject.text}.${method}(${wanted})`;
    return i + 1;
  }

  private field(text: string): string {
    const name = unquoted(text);
    if (!isPath(name)) throw new NotSaid();
    const item = this.items.find(({ alias, aggregate }) => aggregate === undefined && alias === name);
    // A selected expression goes by its name only once it is selected.
    if (item !== undefined) throw new NotSaid();
    return `.${this.alias !== undefined && name.startsWith(`${this.alias}.`) ? name.slice(this.alias.length + 1) : name}`;
  }
}

// Both are made where they are used, as few ever need them: see names.ts.

function wordsOf(query: string): Iterable<RegExpExecArray> {
  return query.matchAll(
    /'(?:[^']|'')*'|"[^"]*"|`[^`]*`|\d+(?:\.\d+)?|[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*|<>|[!<>]=|\S/gu,
  );
}

function isPath(text: string): boolean {
  return /^[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u.test(text);
}

function itemOf(words: readonly Word[]): Item {
  const isNamed = words.length > 2 && is(words.at(-2), 'as');
  const alias = isNamed ? unquoted(words.at(-1)!.text) : undefined;
  const own = isNamed ? words.slice(0, -2) : words;
  const first = own[0]?.text.toLowerCase() ?? '';
  const isAggregate =
    AGGREGATES.has(first) && own[1]?.text === '(' && own.findIndex(({ text }) => text === ')') === own.length - 1;
  if (alias !== undefined && !isPath(alias)) throw new NotSaid();
  return {
    words: own,
    alias,
    aggregate: isAggregate ? first : undefined,
    name: alias ?? nameOf(own, isAggregate ? first : 'value'),
  };
}

/** The items with a name each: `sum(a), sum(b)` are `sum_a` and `sum_b`. */
function withNames(items: readonly Item[]): readonly Item[] {
  const isTwice = ({ name }: Item) => items.filter((other) => other.name === name).length > 1;
  const named = items.map((item) =>
    isTwice(item) && item.aggregate !== undefined && item.words.length === 4
      ? { ...item, name: `${item.aggregate}_${nameOf(item.words.slice(2, 3), 'all')}` }
      : item,
  );
  if (new Set(named.map(({ name }) => name)).size < named.length) throw new NotSaid();
  return named;
}

/** What a column is called that has no name of its own: like the field, or, for `sum(ms)`, the aggregate. */
function nameOf(words: readonly Word[], otherwise: string): string {
  const [only] = words;
  return words.length === 1 && isPath(only!.text) ? only!.text.slice(only!.text.lastIndexOf('.') + 1) : otherwise;
}

/** Words between commas, but for those in brackets. */
function split(words: readonly Word[]): readonly (readonly Word[])[] {
  const parts: Word[][] = words.length === 0 ? [] : [[]];
  let depth = 0;
  for (const word of words) {
    if (word.text === '(') depth++;
    if (word.text === ')') depth--;
    if (word.text === ',' && depth === 0) parts.push([]);
    else parts.at(-1)!.push(word);
  }
  if (parts.some((part) => part.length === 0)) throw new NotSaid();
  return parts;
}

function is(word: Word | string | undefined, name: string): boolean {
  const text = typeof word === 'string' ? word : word?.text;
  return text?.toLowerCase() === name;
}

function unquoted(text: string): string {
  return /^(['"`])(.*)\1$/s.exec(text)?.[2]?.replaceAll("''", "'") ?? text;
}
