import type { Place } from '../../base/problem.ts';
import type { Argument, Call, Entry, Expression, Lambda, Spread, StreamArgument } from '../tree/tree.ts';
import { foreignWord, isForeignWord, misplaced, noExpression, statementWord } from './foreign.ts';
import { Mistake, TokenReader } from './reader.ts';
import { describeToken, type Token } from './token.ts';

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Where all matches are replaced or cut at anyway, as in JavaScript, the flag `g` changes nothing and is left out. */
const GLOBAL_ANYWAY: ReadonlySet<string> = new Set(['replaceAll', 'matchAll', 'split']);

/** Reads what an expression is made of: literals, lists, objects, templates, lambdas, calls and their arguments. */
export abstract class AtomReader extends TokenReader {
  /** Where the brackets around an expression stood, which the tree does not keep. */
  protected readonly bracketPlaces = new WeakMap<Expression, Place>();

  /** Reads a whole expression. `after` says in messages where it stands: "after `+`". */
  protected abstract expression(after: string): Expression;

  /** Reads the rest of a stream that is an argument, from its first `|` on. */
  protected abstract streamBehind(first: Call): StreamArgument;

  /** Whether a name can be given to a parameter or a stream. */
  protected canBeName(token: Token): boolean {
    return token.kind === 'name' && token.text !== '_' && !CONSTANTS.has(token.text) && !isForeignWord(token.text);
  }

  protected atom(after: string): Expression {
    const token = this.peek();
    const { place, text } = token;
    switch (token.kind) {
      case 'number':
        this.next();
        return {
          kind: 'literal',
          value: token.value,
          text,
          ...(token.unit !== undefined && { unit: token.unit }),
          place,
        };
      case 'string':
        this.next();
        return { kind: 'literal', value: token.value, text, place };
      case 'regex':
        return this.regex(token);
      case 'template':
        if (token.goesOn) break;
        return this.template();
      case 'name':
        return this.name(token);
      case 'sign':
        if (text === '(') return this.round();
        if (text === '[') return this.list();
        if (text === '{') return this.object();
        if (text === '.') return this.field();
        if (text === '...') this.fail('spread-place', place, '`...` stands in lists and objects only', SPREAD_HELP);
        break;
      case 'end':
        break;
    }
    throw new Mistake(noExpression(token, after));
  }

  private regex(token: Token & { readonly kind: 'regex' }): Expression {
    this.next();
    if (token.flags.includes('g')) {
      this.report(
        'bad-flag',
        { start: token.place.end - token.flags.length, end: token.place.end },
        'the flag `g` changes nothing here',
        {
          label: 'leave `g` out',
          help: '`replaceAll` replaces all matches, `replace` the first one; `match` gives the first with its groups',
        },
      );
    }
    const { pattern, place } = token;
    return { kind: 'regex', pattern, flags: sortedFlags(token.flags), place };
  }

  private template(): Expression {
    const start = this.peek().place;
    const texts: string[] = [];
    const parts: Expression[] = [];
    for (;;) {
      const piece = this.peek();
      if (piece.kind !== 'template' || piece.goesOn !== texts.length > 0) throw new Mistake(misplaced(piece, '`}`'));
      this.next();
      texts.push(piece.value);
      if (!piece.opens) return { kind: 'template', texts, parts, place: this.since(start) };
      parts.push(this.expression('in a template'));
    }
  }

  private name(token: Token): Expression {
    const { place, text } = token;
    if (this.isSign('=>', 1)) return this.lambda();
    const problem = foreignWord(token, this.peek(1));
    if (problem !== undefined) throw new Mistake(problem);
    this.next();
    if (text === '_') return { kind: 'placeholder', place };
    const constant = CONSTANTS.get(text);
    if (constant !== undefined) return { kind: 'literal', value: constant, text, place };
    if (!this.isSign('(')) return { kind: 'name', name: text, place };
    return this.call(token);
  }

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

  /** `(…)`: a lambda's parameters, or an expression. */
  private round(): Expression {
    const behind = this.behindBrackets();
    if (behind.kind === 'sign' && (behind.text === '=>' || behind.text === '->')) return this.lambda();
    const start = this.next().place;
    const inner = this.expression('between the brackets');
    if (this.isSign(',')) return this.tuple(start, inner);
    this.expect(')');
    this.bracketPlaces.set(inner, this.since(start));
    return inner;
  }

  /** `(a, b)` is read as `[a, b]`, so that mistakes behind it are found too. */
  private tuple(start: Place, first: Expression): Expression {
    const items = [first];
    while (this.accept(',')) if (!this.isSign(')')) items.push(this.expression('after `,`'));
    this.expect(')', '`,` or `)`');
    const place = this.since(start);
    this.report('tuple', place, 'pairs and lists stand in square brackets, found round ones', {
      label: 'several values in round brackets',
      help: `write \`[${this.written(place).slice(1, -1)}]\``,
    });
    return { kind: 'list', items, place };
  }

  private list(): Expression {
    const start = this.next().place;
    const items: (Expression | Spread)[] = [];
    while (!this.accept(']')) {
      items.push(this.isSign('...') ? this.spread() : this.expression('in the list'));
      if (!this.isSign(']')) this.expect(',', '`,` or `]`');
    }
    return { kind: 'list', items, place: this.since(start) };
  }

  private spread(): Spread {
    const start = this.next().place;
    const value = this.expression('after `...`');
    return { kind: 'spread', value, place: this.since(start) };
  }

  private object(): Expression {
    const start = this.next().place;
    const entries: (Entry | Spread)[] = [];
    while (!this.accept('}')) {
      entries.push(this.isSign('...') ? this.spread() : this.entry());
      if (!this.isSign('}')) this.expect(',', '`,` or `}`');
    }
    return { kind: 'object', entries, place: this.since(start) };
  }

  private entry(): Entry {
    const token = this.peek();
    const key = this.key(token);
    if (this.accept(':')) {
      const value = this.expression('after `:`');
      return { kind: 'entry', key, value, place: this.since(token.place) };
    }
    if (token.kind === 'name' && (this.isSign(',') || this.isSign('}'))) {
      if (!this.canBeName(token)) {
        this.fail('object-form', token.place, `${describeToken(token)} needs a name in the object`, {
          label: 'expected `name: value`',
          help: `\`value: ${token.text}\``,
        });
      }
      return {
        kind: 'entry',
        key: token.text,
        value: { kind: 'name', name: token.text, place: token.place },
        place: token.place,
      };
    }
    throw this.notAnEntry(token);
  }

  private key(token: Token): string | Expression {
    if (token.kind === 'name' || token.kind === 'string') {
      this.next();
      return token.kind === 'string' ? token.value : token.text;
    }
    if (token.kind === 'number' && token.unit === undefined) {
      this.next();
      return String(token.value);
    }
    if (this.accept('[')) {
      const key = this.expression('between the brackets');
      this.expect(']');
      return key;
    }
    throw this.notAnEntry(token);
  }

  private notAnEntry(token: Token): Mistake {
    const next = this.peek();
    const statement = token.kind === 'name' ? statementWord(token, next) : undefined;
    if (statement !== undefined) return new Mistake(statement);
    if (next === token) {
      const name = this.peek(1);
      const isField = this.isSign('.') && name.kind === 'name';
      return new Mistake({
        code: 'object-form',
        place: token.place,
        message: `expected \`name: value\`, found ${describeToken(token)}`,
        label: 'a name is missing',
        ...(isField && { help: `\`${name.text}: .${name.text}\`` }),
      });
    }
    if (this.isSign('(')) {
      return new Mistake({
        code: 'object-form',
        place: this.since(token.place),
        message: `expected \`name: value\`, found a call`,
        label: 'a name is missing',
        help: `\`name: ${token.text}(…)\``,
      });
    }
    return new Mistake(misplaced(next, '`:`', 'an entry of an object is `name: value`'));
  }

  /** `.name`, and `.name(…)`, which is a method of the record. */
  private field(): Expression {
    const dot = this.next();
    const name = this.peek();
    if (name.kind !== 'name') this.fieldForm(dot.place, '_');
    this.next();
    if (!this.isSign('(')) return { kind: 'field', name: name.text, place: this.since(dot.place) };
    const list = this.arguments(name.text);
    return {
      kind: 'method',
      object: { kind: 'placeholder', place: dot.place },
      name: name.text,
      namePlace: name.place,
      arguments: list,
      optional: false,
      place: this.since(dot.place),
    };
  }

  /** Nothing that can be a field's name stands behind the dot. */
  protected fieldForm(dot: Place, object: string): never {
    const token = this.peek();
    const place = { start: dot.start, end: Math.max(dot.end, token.place.end) };
    if (token.kind === 'string') {
      this.fail('field-form', place, `expected a name after \`.\`, found a text`, {
        label: 'a text is no name',
        help: `\`${object}[${token.text}]\``,
      });
    }
    if (this.isSign('[')) {
      this.fail('field-form', dot, 'a dot and a bracket do not go together', {
        label: 'expected a name after `.`',
        help: `\`${object}[…]\``,
      });
    }
    this.fail('field-form', dot, `expected a name after \`.\`, found ${describeToken(token)}`, {
      label: 'a name is missing',
      ...(object === '_' && { help: 'the record itself is `_`, its fields are `.name`' }),
    });
  }

  private lambda(): Lambda {
    const start = this.peek().place;
    const parameters = this.accept('(') ? this.parameters() : [this.parameter()];
    const twice = parameters.find(
      ({ name }, i) => name !== '' && parameters.findIndex((other) => other.name === name) < i,
    );
    if (twice !== undefined) {
      const first = parameters.find(({ name }) => name === twice.name)!;
      this.report('parameter-twice', twice.place, `two parameters are named \`${twice.name}\``, {
        label: 'the second one',
        also: { place: first.place, label: 'the first one' },
      });
    }
    this.expect('=>', '`=>`');
    const body = this.expression('after `=>`');
    return { kind: 'lambda', parameters: parameters.filter(({ name }) => name !== ''), body, place: this.since(start) };
  }

  private parameters(): Lambda['parameters'] {
    const parameters: { name: string; place: Place }[] = [];
    while (!this.accept(')')) {
      parameters.push(this.parameter());
      if (!this.isSign(')')) this.expect(',', '`,` or `)`');
    }
    return parameters;
  }

  /** A name; anything else is reported and becomes a parameter without a name. */
  private parameter(): { name: string; place: Place } {
    const token = this.peek();
    const { place, text } = token;
    if (token.kind === 'name' && text === '_') {
      this.report('placeholder-parameter', place, '`_` is no name for a parameter', {
        label: 'it stands for the record itself',
        help: 'write the body alone, with `_` in it, or give the parameter another name: `x => …`',
      });
      this.next();
      return { name: '', place };
    }
    const isPlain = this.canBeName(token) && (this.isSign(',', 1) || this.isSign(')', 1) || this.isSign('=>', 1));
    if (isPlain) {
      this.next();
      return { name: text, place };
    }
    this.skipTo(',', '=>');
    const whole = this.since(place);
    this.report('parameter-form', whole, `a parameter is a plain name, found \`${this.written(whole).slice(0, 30)}\``, {
      label: 'not a name',
      help: PARAMETER_HELP[text] ?? 'a lambda is `x => …` or `(a, b) => …`',
    });
    return { name: '', place };
  }

  /** `(…)` of a call: positional arguments, then named ones. `of` is the name of what is called. */
  protected arguments(of: string): Argument[] {
    this.next();
    const list: Argument[] = [];
    while (!this.accept(')')) {
      const argument = this.argument(of);
      const twice = argument.name === undefined ? undefined : list.find(({ name }) => name === argument.name);
      if (twice === undefined) list.push(argument);
      else this.argumentTwice(argument, twice);
      const named = argument.name === undefined ? list.find(({ name }) => name !== undefined) : undefined;
      if (named !== undefined) this.argumentBehind(argument, named);
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
      return { kind: 'regex', pattern: token.pattern, flags: sortedFlags(token.flags), place: token.place };
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

const SPREAD_HELP = { label: 'not in a call', help: 'give the list itself: `max(xs)`' };

const PARAMETER_HELP: { readonly [start: string]: string } = {
  '[': 'take the parts in the body: `p => p[0] + p[1]`',
  '{': 'take the fields in the body: `r => r.a + r.b`',
  '...': 'the number of parameters is fixed: `(a, b) => …`',
};

/** The flags that mean something, in alphabetical order. */
function sortedFlags(flags: string): string {
  return Array.from('imsu')
    .filter((flag) => flags.includes(flag))
    .join('');
}
