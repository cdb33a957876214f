/**
 * What a text of JSON would take in memory, before it is parsed: the engine says nothing of it until it ends the process for want of memory, and
 * `[],` takes 25 times what it is written with.
 */

/** Shorter texts are parsed as they are: of 4 million characters of empty objects come 130 MB. */
export const LONG = 4 * 1024 * 1024;

/** The most that a text may become, bytes. */
export const MOST_MEMORY = 256 * 1024 * 1024;

/** What parts take, bytes, the room for more of them included; measured with texts of 15 MB that have nothing else. */
const OBJECT = 100;
const LIST = 80;
const STRING = 56;
/** An item of a list, a number of its own among them. */
const ITEM = 24;
const MEMBER = 16;
/** A member of an object that is a table, as the engine makes one of an object with many names, beside the name. */
const TABLE_MEMBER = 150;
/** With so many members an object is a table. */
const TABLE = 1000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** What stands for the number of members of a list. */
const IN_LIST = -1;

/**
 * Where a text has so many parts that they take more than {@link MOST_MEMORY}, beside the characters of strings; undefined where it has not. It
 * need not be JSON. Small objects that all have other names take up to twice what is counted for them.
 */
export function tooMuchAt(text: string, most = MOST_MEMORY): number | undefined {
  let left = most;
  /** How many members there are of the object at hand, and of those around it. */
  let members = 0;
  const outer: number[] = [];
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = stringEnd(text, at);
        left -= STRING;
        break;
      case COMMA:
        if (members === IN_LIST) left -= ITEM;
        break;
      case COLON:
        // The name before it is one that most objects share.
        left -= ++members > TABLE ? TABLE_MEMBER : MEMBER - STRING;
        break;
      case OPEN_OBJECT:
      case OPEN_LIST:
        outer.push(members);
        members = text.charCodeAt(at) === OPEN_OBJECT ? 0 : IN_LIST;
        left -= members === IN_LIST ? LIST : OBJECT;
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        members = outer.pop() ?? 0;
        break;
      default:
        continue;
    }
    if (left < 0) return at;
  }
  return undefined;
}

/** Where the quote stands that ends a string, or the last character. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let back = end;
    while (text.charCodeAt(back - 1) === BACKSLASH) back--;
    if ((end - back) % 2 === 0) return end;
  }
  return text.length - 1;
}
