import { closerOf, closingOf, type Token } from '../../query/text/token.ts';

/** An open bracket, and what stands before and in it. */
export interface Frame {
  readonly opener: string;
  /** The word that is called: `files` in `files(`. */
  readonly call: string | undefined;
  /** What is called is a method: `x.map(`. */
  readonly isMethod: boolean;
  /** How many commas stand in it so far. */
  argument: number;
  /** Where the argument under way starts, among the tokens. */
  start: number;
  /** The name of the argument under way: `host:`. */
  name: string | undefined;
  readonly names: string[];
}

/** The brackets that are open at the end of the tokens, the outermost first. */
export function framesOf(tokens: readonly Token[]): Frame[] {
  const frames: Frame[] = [];
  tokens.forEach((token, at) => {
    const frame = frames.at(-1);
    const previous = tokens[at - 1];
    if (closingOf(token) !== undefined) frames.pop();
    if (closerOf(token) !== undefined) {
      const call = token.text === '(' && previous?.kind === 'name' ? previous.text : undefined;
      const isMethod = call !== undefined && /^\??\.$/.test(tokens[at - 2]?.text ?? '');
      frames.push({ opener: token.text, call, isMethod, argument: 0, start: at + 1, name: undefined, names: [] });
    } else if (frame !== undefined && token.text === ',') {
      frame.argument++;
      frame.start = at + 1;
      frame.name = undefined;
    } else if (frame !== undefined && token.text === ':' && previous?.kind === 'name') {
      frame.name = previous.text;
      frame.start = at + 1;
      frame.names.push(previous.text);
    }
  });
  return frames;
}
