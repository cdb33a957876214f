import type { Entry, Expression, Spread } from '../tree/tree.ts';
import { misplaced, statementWord } from './foreign.ts';
import { LambdaReader } from './lambdas.ts';
import { Mistake } from './reader.ts';
import { describeToken, type Token } from './token.ts';

/** Reads lists and objects. */
export abstract class ObjectReader extends LambdaReader {
  protected list(): Expression {
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

  protected object(): Expression {
    const start = this.next().place;
    const entries: (Entry | Spread)[] = [];
    while (!this.accept('}')) {
      const isShort = this.isPath(this.peek());
      const entry = this.isSign('...') ? this.spread() : this.entry();
      if (isShort) this.checkTwice(entry as Entry, entries);
      entries.push(entry);
      if (!this.isSign('}')) this.expect(',', '`,` or `}`');
    }
    return { kind: 'object', entries, place: this.since(start) };
  }

  private entry(): Entry {
    const token = this.peek();
    if (this.isPath(token)) return this.named(token);
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

  /** Two fields with one last name: `{.a.id, .b.id}`. The one before would be lost without a word. */
  private checkTwice({ key, place }: Entry, before: readonly (Entry | Spread)[]): void {
    const first = before.find((entry) => entry.kind === 'entry' && entry.key === key);
    if (first === undefined) return;
    this.report('entry-twice', place, `two entries of the object are named \`${key}\``, {
      label: 'the second one',
      help: `give it another name: \`${key}2: ${this.written(place)}\``,
      also: { place: first.place, label: 'the first one' },
    });
  }

  /** Whether a field stands where a name should: `.a`, `_.a`, `x.a`. */
  private isPath(token: Token): boolean {
    if (token.kind === 'sign') return token.text === '.';
    return token.kind === 'name' && (this.isSign('.', 1) || this.isSign('?.', 1));
  }

  /** `.b.c`, which is named by its last name. */
  private named(token: Token): Entry {
    const value = this.expression('in the object');
    const place = this.since(token.place);
    const text = this.written(place);
    if (value.kind !== 'field' && value.kind !== 'member') {
      this.fail('object-form', place, 'what is worked out needs a name in the object', {
        label: 'expected `name: value`',
        help: `\`${someName(value)}: ${text}\``,
      });
    }
    if (this.isSign(':')) {
      this.fail('object-form', place, 'a name in an object has no point before it', {
        label: 'the name of an entry',
        help: `\`${value.name}: …\``,
      });
    }
    // A point behind a space is more likely the next field than a part of this one.
    if (/\s\??\./.test(text)) {
      this.fail('object-form', place, 'two fields with no comma between them', {
        label: 'one field or two?',
        help: `\`${text.replace(/\s+(\??\.)/g, ', $1')}\`, or \`${text.replace(/\s+(\??\.)/g, '$1')}\``,
      });
    }
    return { kind: 'entry', key: value.name, value, place: value.place };
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
      return new Mistake({
        code: 'object-form',
        place: token.place,
        message: `expected \`name: value\`, found ${describeToken(token)}`,
        label: 'a name is missing',
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
}

/** A name for what is worked out of a field: `a` for `.a.trim()`, `.a[0]` and `.a + 1`. */
function someName(expression: Expression): string {
  switch (expression.kind) {
    case 'field':
    case 'member':
      return expression.name;
    case 'index':
    case 'method':
      return someName(expression.object);
    case 'binary':
    case 'logical':
      return someName(expression.left);
    default:
      return 'name';
  }
}
