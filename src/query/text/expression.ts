import type { Place } from '../../base/problem.ts';
import type { BinaryOperator, Expression, LogicalOperator, UnaryOperator } from '../tree/tree.ts';
import { AtomReader } from './atoms.ts';
import { INFIX, isRelational, POWER_OF_UNARY } from './operators.ts';
import { describeToken } from './token.ts';

/** The most that expressions may stand in each other, so that no program can exhaust the call stack. */
export const MAX_NESTING = 200;

/** Reads expressions, with the precedence of JavaScript's operators (a Pratt parser). */
export abstract class ExpressionReader extends AtomReader {
  private depth = 0;

  protected expression(after: string): Expression {
    return this.nested((): Expression => {
      const condition = this.binary(0, after);
      if (!this.accept('?')) return condition;
      const yes = this.expression('after `?`');
      this.expect(':', '`:` of `a ? b : c`');
      const no = this.expression('after `:`');
      return { kind: 'conditional', condition, yes, no, place: this.from(condition) };
    });
  }

  /** Reads what is one level deeper than what is being read. */
  protected nested<T>(read: () => T): T {
    if (this.depth >= MAX_NESTING) {
      this.fail('too-deep', this.peek().place, `expressions are nested at most ${MAX_NESTING} deep`, {
        label: 'too deep',
        help: 'do it in several stages, with `map` for the parts',
      });
    }
    this.depth++;
    try {
      return read();
    } finally {
      this.depth--;
    }
  }

  /** From the start of an expression, or of the brackets around it, to here. */
  private from(first: Expression): Place {
    return this.since(this.outerPlace(first));
  }

  private outerPlace(expression: Expression): Place {
    return this.bracketPlaces.get(expression) ?? expression.place;
  }

  /** Operators that bind at least as strongly as `least`, and what stands between them. */
  private binary(least: number, after: string): Expression {
    let left = this.unary(after);
    for (;;) {
      const token = this.peek();
      const infix = token.kind === 'sign' ? INFIX.get(token.text) : undefined;
      if (infix === undefined || infix.power < least) return left;
      this.next();
      const { operator } = infix;
      const right = this.nested(() =>
        this.binary(infix.isRight ? infix.power : infix.power + 1, `after \`${token.text}\``),
      );
      const place = this.from(left);
      if (operator === '&&' || operator === '||' || operator === '??') {
        this.checkMixed(operator, left, right, token.place);
        left = { kind: 'logical', operator, left, right, place };
      } else {
        this.checkBinary(operator, left, right, token.place, place);
        left = { kind: 'binary', operator, left, right, place };
      }
    }
  }

  /** JavaScript has no precedence between `??` and the other two either. */
  private checkMixed(operator: LogicalOperator, left: Expression, right: Expression, place: Place): void {
    const other = [left, right].find(
      (side) =>
        side.kind === 'logical' && !this.bracketPlaces.has(side) && (side.operator === '??') !== (operator === '??'),
    );
    if (other?.kind !== 'logical') return;
    this.report(
      'mixed-nullish',
      place,
      `\`${operator}\` and \`${other.operator}\` side by side can be read in two ways`,
      {
        label: 'which one first?',
        help: `put one of them in brackets: \`(${this.written(other.place)})\``,
      },
    );
  }

  private checkBinary(operator: BinaryOperator, left: Expression, right: Expression, sign: Place, place: Place): void {
    if (operator === '**' && left.kind === 'unary' && !this.bracketPlaces.has(left)) {
      const operand = this.written(left.operand.place);
      const power = this.written({ start: left.operand.place.start, end: place.end });
      this.report('power-of-negative', place, `\`${left.operator}${operand} **\` can be read in two ways`, {
        label: 'which one first?',
        help: `write \`(${left.operator}${operand}) ** …\` or \`${left.operator}(${power})\``,
      });
    }
    if (
      isRelational(operator) &&
      left.kind === 'binary' &&
      isRelational(left.operator) &&
      !this.bracketPlaces.has(left)
    ) {
      const middle = this.written(left.right.place);
      this.report(
        'chained-comparison',
        sign,
        `a comparison gives true or false, which \`${operator}\` cannot compare`,
        {
          label: 'the second comparison',
          help: `\`${this.written(left.place)} && ${middle} ${operator} ${this.written(right.place)}\``,
        },
      );
    }
  }

  private unary(after: string): Expression {
    const token = this.peek();
    if (token.kind !== 'sign' || (token.text !== '!' && token.text !== '-' && token.text !== '+')) {
      return this.postfix(this.atom(after));
    }
    this.next();
    const operator: UnaryOperator = token.text;
    const operand = this.nested(() => this.binary(POWER_OF_UNARY, `after \`${operator}\``));
    return { kind: 'unary', operator, operand, place: this.since(token.place) };
  }

  /** `.name`, `?.name`, `[index]` and calls behind an atom. */
  private postfix(atom: Expression): Expression {
    if (atom.kind === 'lambda' && !this.bracketPlaces.has(atom)) return atom;
    let left: Expression = atom;
    for (;;) {
      const token = this.peek();
      if (token.kind === 'sign' && (token.text === '.' || token.text === '?.'))
        left = this.member(left, token.text === '?.');
      else if (this.isSign('[')) left = this.item(left, false);
      else if (this.isSign('(')) this.notCallable(left);
      else if (token.kind === 'number' && token.text.startsWith('.')) {
        this.fail(
          'field-form',
          token.place,
          `expected a name after \`.\`, found ${describeToken({ ...token, text: token.text.slice(1) })}`,
          {
            label: 'a number is no name',
            help: `\`${this.written(this.from(left))}[${token.text.slice(1)}]\``,
          },
        );
      } else return left;
    }
  }

  private member(object: Expression, optional: boolean): Expression {
    const dot = this.next();
    if (optional && this.isSign('[')) return this.item(object, true);
    const token = this.peek();
    if (token.kind !== 'name') this.fieldForm(dot.place, this.written(this.outerPlace(object)));
    this.next();
    const { text: name, place: namePlace } = token;
    if (!this.isSign('(')) return { kind: 'member', object, name, namePlace, optional, place: this.from(object) };
    const list = this.arguments(name);
    return { kind: 'method', object, name, namePlace, arguments: list, optional, place: this.from(object) };
  }

  private item(object: Expression, optional: boolean): Expression {
    this.next();
    if (this.isSign(':')) this.slice(object);
    const index = this.expression('between the brackets');
    if (this.isSign(':')) this.slice(object);
    this.expect(']');
    return { kind: 'index', object, index, optional, place: this.from(object) };
  }

  private slice(object: Expression): never {
    return this.fail('field-form', this.peek().place, 'a part of a list or a text is not written with `:`', {
      label: 'expected `]`',
      help: `\`${this.written(this.outerPlace(object))}.slice(start, end)\``,
    });
  }

  private notCallable(callee: Expression): never {
    return this.fail(
      'not-callable',
      this.outerPlace(callee),
      'only functions by their name, and methods, can be called',
      {
        label: 'not the name of a function',
        help: 'a function is called `name(…)`, a method `value.name(…)`',
      },
    );
  }
}
