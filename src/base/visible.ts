/** What would move the cursor, ring, colour, turn the direction of writing, or not be seen at all. */
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const SHORT: { readonly [character: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text of which all is seen as what it is: what a terminal would take for a command, and what would show another text than it is, is
 * written out: `\n`, `\x1b`, `\u202e`. From U+007F on so that it stays JSON inside of a text of JSON, which has nothing below raw.
 */
export function visible(text: string): string {
  return text.replace(INVISIBLE, writtenOut);
}

/** The same, but for tabs, and for the line ends that `text` was given for: whole lines, or one. */
export function visibleLines(text: string): string {
  return text.replace(INVISIBLE, (character) =>
    character === '\n' || character === '\t' ? character : writtenOut(character),
  );
}

/** The same for one line, which no line end in it can make two. */
export function visibleLine(text: string): string {
  return text.replace(INVISIBLE, (character) => (character === '\t' ? character : writtenOut(character)));
}

function writtenOut(character: string): string {
  const code = character.charCodeAt(0);
  const hex = code.toString(16);
  return SHORT[character] ?? (code < 0x7f ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`);
}
