import type { Place } from '../../base/problem.ts';
import type { Expression } from '../tree/tree.ts';
import { foreignWord, misplaced, noExpression } from './foreign.ts';
import { isForeignName } from './foreign-names.ts';
import { CONSTANTS } from './lambdas.ts';
import { ObjectReader } from './objects.ts';
import { Mistake } from './reader.ts';
import { canonicalFlags } from './regex.ts';
import { describeToken, type Token } from './token.ts';

/** Reads what an expression is made of: literals, templates, names, fields, and what stands in brackets. */
export abstract class AtomReader extends ObjectReader {
  /** Where the brackets around an expression stood, which the tree does not keep. */
  protected readonly bracketPlaces = new WeakMap<Expression, Place>();

  /** What operators stand between. */
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
        'the flag `g` means nothing here',
        {
          label: 'leave `g` out',
          help: '`replaceAll` replaces all matches, `replace` the first one; `match` gives the first with its groups',
        },
      );
    }
    const { pattern, place } = token;
    return { kind: 'regex', pattern, flags: canonicalFlags(token.flags), place };
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
    // What is said of them is loaded for them alone.
    const problem = isForeignName(text) || text === 'not' ? foreignWord(token, this.peek(1)) : undefined;
    if (problem !== undefined) throw new Mistake(problem);
    this.next();
    if (text === '_') return { kind: 'placeholder', place };
    const constant = CONSTANTS.get(text);
    if (constant !== undefined) return { kind: 'literal', value: constant, text, place };
    if (!this.isSign('(')) return { kind: 'name', name: text, place };
    return this.call(token);
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
}

const SPREAD_HELP = { label: 'not in a call', help: 'give the list itself: `max(xs)`' };
