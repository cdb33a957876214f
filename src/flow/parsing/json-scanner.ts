import { JsonError, MAX_DEPTH, tooDeep } from '../../base/json.ts';

/** What may come next, in a value that is not over. */
type Expected = 'value' | 'firstItem' | 'name' | 'firstName' | 'colon' | 'more';

const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Follows a JSON value through the lines that it stands in, to find where it ends; what is within its strings is for who reads them. It
 * takes each sign once, however many lines there are.
 *
 *     {"a": [1,       goes on
 *      2]}  {"b"      ends at the brace
 *
 * Used for one value after the other. Behind a mistake it is of no more use.
 */
export class JsonScanner {
  /** What closes what is open, the innermost last. */
  private readonly closers: string[] = [];
  private expected: Expected = 'value';
  private readonly mayEndScalar: RegExp;

  /** @param isItem whether values are items of a list, with commas between them. */
  constructor(isItem = false) {
    this.mayEndScalar = isItem ? /[ \t\r\n,\]]/ : /[ \t\r\n]/;
  }

  /** How many lists and objects are open. */
  get depth(): number {
    return this.closers.length;
  }

  /**
   * Reads on in a value, or begins one at a sign that is no blank.
   *
   * @returns where the value ends; undefined where it goes on in the next line.
   * @throws JsonError, with the place in the line.
   */
  read(line: string, from: number): number | undefined {
    for (let at = skipBlanks(line, from); at < line.length; at = skipBlanks(line, at)) {
      at = this.sign(line, at);
      if (this.closers.length > 0) continue;
      this.expected = 'value';
      return at;
    }
    return undefined;
  }

  /** Takes one sign, name or scalar. @returns where it ends. */
  private sign(line: string, at: number): number {
    const sign = line[at]!;
    switch (this.expected) {
      case 'colon':
        if (sign !== ':') throw mistake('":" is missing', at);
        this.expected = 'value';
        return at + 1;
      case 'more':
        return this.more(sign, at);
      case 'firstName':
      case 'name':
        if (sign === '}' && this.expected === 'firstName') return this.close(at);
        if (sign !== '"') throw mistake('a field name in double quotes is missing', at);
        this.expected = 'colon';
        return stringEnd(line, at);
      default:
        if (sign === ']' && this.expected === 'firstItem') return this.close(at);
        return this.value(line, sign, at);
    }
  }

  private more(sign: string, at: number): number {
    const closer = this.closers.at(-1)!;
    if (sign === closer) return this.close(at);
    if (sign !== ',') throw mistake(`"," or "${closer}" is missing`, at);
    this.expected = closer === '}' ? 'name' : 'value';
    return at + 1;
  }

  private value(line: string, sign: string, at: number): number {
    if (sign === '{' || sign === '[') {
      if (this.closers.length >= MAX_DEPTH) throw tooDeep(at);
      this.closers.push(sign === '{' ? '}' : ']');
      this.expected = sign === '{' ? 'firstName' : 'firstItem';
      return at + 1;
    }
    this.expected = 'more';
    return sign === '"' ? stringEnd(line, at) : this.scalar(line, at);
  }

  private scalar(line: string, at: number): number {
    SCALAR.lastIndex = at;
    if (!SCALAR.test(line)) throw mistake('no value starts like this', at);
    const end = SCALAR.lastIndex;
    if (this.closers.length === 0 && end < line.length && !this.mayEndScalar.test(line[end]!)) {
      throw mistake('more text after the value', end);
    }
    return end;
  }

  private close(at: number): number {
    this.closers.pop();
    this.expected = 'more';
    return at + 1;
  }
}

/** The first place from `from` on that is no blank; the end of the line where there is none. */
export function skipBlanks(line: string, from: number): number {
  let at = from;
  while (at < line.length && isBlank(line.charCodeAt(at))) at++;
  return at;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

/** Where a string ends that begins with a quote at `start`. A string of JSON does not go on in another line. */
function stringEnd(line: string, start: number): number {
  // No regular expression, which would exhaust its stack on a string of some megabytes.
  for (let end = line.indexOf('"', start + 1); end >= 0; end = line.indexOf('"', end + 1)) {
    let back = end;
    while (line[back - 1] === '\\') back--;
    if ((end - back) % 2 === 0) return end + 1;
  }
  throw mistake('the string is not closed', start);
}

function mistake(message: string, at: number): JsonError {
  return new JsonError(message, at, false);
}

/**
 * Passes over what is left of something that is no JSON: up to where as many brackets are closed as were open, outside of what seem strings; where
 * none were, up to a comma or the bracket of what it stands in.
 *
 * @returns where that is, if it is in the line, and how many brackets are open at its end.
 */
export function closingPlace(line: string, from: number, open: number): { end: number | undefined; depth: number } {
  let depth = open;
  for (let at = from; at < line.length; at++) {
    const sign = line[at];
    if (sign === '"') {
      at = quotedEnd(line, at) - 1;
    } else if (sign === '{' || sign === '[') {
      depth++;
    } else if (depth === 0 && (sign === ',' || sign === '}' || sign === ']')) {
      return { end: at, depth };
    } else if (sign === '}' || sign === ']') {
      depth--;
      if (depth === 0) return { end: at + 1, depth };
    }
  }
  return { end: undefined, depth };
}

/** As {@link stringEnd}, where the end of the line ends a string as well. */
function quotedEnd(line: string, start: number): number {
  try {
    return stringEnd(line, start);
  } catch {
    return line.length;
  }
}
