import type { Place } from '../../base/problem.ts';
import type { Lambda } from '../tree/tree.ts';
import { CallReader } from './calls.ts';
import { isForeignName } from './foreign-names.ts';
import type { Token } from './token.ts';

/** Names that are values. */
export const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

const PARAMETER_HELP: ReadonlyMap<string, string> = new Map([
  ['[', 'take the parts in the body: `p => p[0] + p[1]`'],
  ['{', 'take the fields in the body: `r => r.a + r.b`'],
  ['...', 'the number of parameters is fixed: `(a, b) => …`'],
]);

/** Reads lambdas. */
export abstract class LambdaReader extends CallReader {
  /** Whether a name can be given to a parameter or a stream. */
  protected canBeName(token: Token): boolean {
    return token.kind === 'name' && token.text !== '_' && !CONSTANTS.has(token.text) && !isForeignName(token.text);
  }

  /** `x => …` or `(a, b) => …`; the caller has seen the arrow. */
  protected lambda(): Lambda {
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
      help: PARAMETER_HELP.get(text) ?? 'a lambda is `x => …` or `(a, b) => …`',
    });
    return { name: '', place };
  }
}
