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
}
