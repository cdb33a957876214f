/** What terminals send for keys that are no characters: ECMA-48 and xterm, in both modes of the cursor keys. */
const NAMES: { readonly [sequence: string]: string } = {
  '[A': 'up',
  OA: 'up',
  '[B': 'down',
  OB: 'down',
  '[C': 'right',
  OC: 'right',
  '[D': 'left',
  OD: 'left',
  '[5~': 'pageUp',
  '[6~': 'pageDown',
  '[H': 'home',
  OH: 'home',
  '[1~': 'home',
  '[7~': 'home',
  '[F': 'end',
  OF: 'end',
  '[4~': 'end',
  '[8~': 'end',
};
const SINGLE: { readonly [character: string]: string } = {
  '\r': 'enter',
  '\n': 'enter',
  '\u007f': 'backspace',
  '\b': 'backspace',
};

/** A control sequence (ECMA-48, 5.4) or one of a single shift, behind its escape. */
const SEQUENCE = /^(?:\[[0-?]*[ -/]*[@-~]|O[ -~])/;
const UNFINISHED = /^(?:\[[0-?]*[ -/]*|O)$/;

/** Tells keys apart in what a terminal sends: characters as they are, others by their names. Sequences that nobody knows are passed over. */
export class KeyReader {
  private rest = '';

  /** The keys of a piece, which may end within one. An escape at its end is the key of that name. */
  read(piece: string): readonly string[] {
    const keys: string[] = [];
    let text = this.rest + piece;
    this.rest = '';
    while (text !== '') {
      if (text.startsWith('\u001b') && text.length > 1) {
        const behind = text.slice(1);
        if (UNFINISHED.test(behind)) {
          this.rest = text;
          break;
        }
        const sequence = SEQUENCE.exec(behind)?.[0];
        if (sequence !== undefined) {
          const name = NAMES[sequence];
          if (name !== undefined) keys.push(name);
          text = behind.slice(sequence.length);
          continue;
        }
      }
      const character = String.fromCodePoint(text.codePointAt(0)!);
      keys.push(character === '\u001b' ? 'escape' : (SINGLE[character] ?? character));
      text = text.slice(character.length);
    }
    return keys;
  }
}
