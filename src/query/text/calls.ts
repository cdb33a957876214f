import type { Argument, Call, Expression, StreamArgument } from '../tree/tree.ts';
import { TokenReader } from './reader.ts';
import { canonicalFlags } from './regex.ts';
import type { Token } from './token.ts';

/** Where all matches are replaced or cut at anyway, as in JavaScript, the flag `g` changes nothing and is left out. */
const GLOBAL_ANYWAY: ReadonlySet<string> = new Set(['replaceAll', 'matchAll', 'split']);

/** Reads calls and their arguments. */
export abstract class CallReader extends TokenReader {
  /** Reads a whole expression. `after` says in messages where it stands: "after `+`". */
  protected abstract expression(after: string): Expression;

  /** Reads the rest of a stream that is an argument, from its first `|` on. */
  protected abstract streamBehind(first: Call): StreamArgument;

  /** A name and its arguments; the name has been read, the bracket has not. */
  protected call(name: Token): Call {
    const list = this.arguments(name.text);
    return {
      kind: 'call',
      name: name.text,
      namePlace: name.place,
      arguments: list,
      bracketed: true,
      place: this.since(name.place),
    };
  }

  /** `(…)` of a call: positional arguments, then named ones. `of` is the name of what is called. */
  protected arguments(of: string): Argument[] {
    this.next();
    const list: Argument[] = [];
    const named = new Map<string, Argument>();
    while (!this.accept(')')) {
      const argument = this.argument(of);
      const { name } = argument;
      const [first] = named.values();
      if (name === undefined && first !== undefined) this.argumentBehind(argument, first);
      const twice = name === undefined ? undefined : named.get(name);
      if (twice !== undefined) this.argumentTwice(argument, twice);
      else list.push(argument);
      if (name !== undefined && twice === undefined) named.set(name, argument);
      if (!this.isSign(')')) this.expect(',', '`,` or `)`');
    }
    return list;
  }

  private argumentTwice(argument: Argument, first: Argument): void {
    this.report('argument-twice', argument.namePlace!, `\`${argument.name}\` is given twice`, {
      label: 'the second time',
      also: { place: first.namePlace!, label: 'the first time' },
    });
  }

  private argumentBehind(argument: Argument, named: Argument): void {
    this.report('order-of-arguments', argument.value.place, 'arguments without a name stand before those with one', {
      label: 'it has no name',
      help: 'move it to the front, or give it its name',
      also: { place: named.namePlace!, label: 'the first one with a name' },
    });
  }

  private argument(of: string): Argument {
    const token = this.peek();
    if (token.kind === 'name' && this.isSign(':', 1)) {
      this.index += 2;
      const value = this.argumentValue(of, `after \`${token.text}:\``);
      return { name: token.text, namePlace: token.place, value };
    }
    return { value: this.argumentValue(of, `between the brackets of \`${of}\``) };
  }

  private argumentValue(of: string, after: string): Argument['value'] {
    const token = this.peek();
    if (token.kind === 'regex' && GLOBAL_ANYWAY.has(of) && (this.isSign(',', 1) || this.isSign(')', 1))) {
      this.next();
      return { kind: 'regex', pattern: token.pattern, flags: canonicalFlags(token.flags), place: token.place };
    }
    const value = this.expression(after);
    if (!this.isSign('|')) return value;
    if (value.kind === 'call') return this.streamBehind(value);
    if (value.kind === 'name') {
      const { name, place } = value;
      return this.streamBehind({ kind: 'call', name, namePlace: place, arguments: [], bracketed: false, place });
    }
    return this.fail('not-a-stage', value.place, `expected a stage before \`|\`, found an expression`, {
      label: 'not a stage',
      help: '"or" is `||`; there are no bit operators',
    });
  }
}
