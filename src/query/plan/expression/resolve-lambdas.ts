import { type Type, UNKNOWN } from '../../../base/type.ts';
import { printExpression } from '../../text/printer.ts';
import type { Expression, Lambda } from '../../tree/tree.ts';
import type { Node } from './node.ts';
import { ownedPlaceholders, type Placeholder, parameterAt } from './placeholders.ts';
import { CallResolver } from './resolve-calls.ts';
import type { Expected, ResolvedLambda, Sight, Variable } from './resolving.ts';
import { article } from './types.ts';

/** Lambdas in each of their forms: `x => …`, `_ + 1`, `.name`, and the name of a function. */
export abstract class LambdaResolver extends CallResolver {
  protected lambda(expression: Expression, expected: Expected, sight: Sight): ResolvedLambda | undefined {
    if (expression.kind === 'lambda') return this.explicitLambda(expression, expected, sight);
    if (expression.kind === 'name' && !sight.variables.has(expression.name)) {
      const named = this.functionByName(expression, expected, sight);
      if (named !== undefined) return named;
    }
    const owned = ownedPlaceholders(expression, this.scope);
    const isText = expression.kind === 'literal' && typeof expression.value === 'string';
    if (owned.length > 0 || (expected.orText === true && isText))
      return this.shortLambda(expression, owned, expected, sight);
    const before = this.problems.length;
    const node = this.value(expression, sight);
    // An unknown name is the likelier mistake than the lambda that is missing around it.
    if (this.problems.length === before) this.noLambda(expression, node.type, expected);
    return undefined;
  }

  private explicitLambda(lambda: Lambda, { takes }: Expected, sight: Sight): ResolvedLambda {
    if (lambda.parameters.length > takes.length) {
      const given = takes.length === 1 ? 'one value' : `${takes.length} values`;
      this.problem('lambda-parameters', lambda.parameters[takes.length]!.place, {
        message: `the function here is given ${given}, and this one has ${lambda.parameters.length} parameters`,
        help: `leave out all parameters but the first${takes.length === 1 ? '' : ` ${takes.length}`}`,
      });
    }
    const variables = new Map(sight.variables);
    const slots: number[] = [];
    const own = new Set<string>();
    lambda.parameters.forEach(({ name, place }, i) => {
      if (name === '_') {
        this.problem('placeholder-place', place, {
          message: '`_` is no name for a parameter',
          help: 'give it a name, or leave out what is before the `=>`',
        });
      }
      if (own.has(name))
        this.problem('lambda-parameters', place, {
          message: `two parameters are named \`${name}\``,
          help: 'give one of them another name',
        });
      own.add(name);
      const slot = this.slot(i, sight);
      slots.push(slot);
      variables.set(name, { slot, type: takes[i] ?? UNKNOWN });
    });
    const body = this.value(lambda.body, { variables, placeholders: new Map(), named: true });
    return { node: { kind: 'function', slots, body }, result: body.type };
  }

  private shortLambda(
    expression: Expression,
    owned: readonly Placeholder[],
    { takes, placeholders }: Expected,
    sight: Sight,
  ): ResolvedLambda | undefined {
    const slots = Array.from({ length: placeholders }, (_, i) => this.slot(i, sight));
    const variables = slots.map((slot, i): Variable => ({ slot, type: takes[i] ?? UNKNOWN }));
    const seen = new Map<Placeholder, Variable>();
    if (placeholders === 1) {
      for (const placeholder of owned) seen.set(placeholder, variables[0]!);
    } else {
      const field = owned.find(({ kind }) => kind === 'field');
      if (field !== undefined) {
        const names =
          placeholders === 2 ? '`(a, b) => …`' : `\`(${'abcdef'.slice(0, placeholders).split('').join(', ')}) => …\``;
        this.problem('placeholder-count', field.place, {
          message: `\`${printExpression(field)}\` is a field of one parameter, and the function here is given ${placeholders} values`,
          help: `name them: ${names}`,
        });
        return undefined;
      }
      if (owned.length !== placeholders) {
        this.problem('placeholder-count', (owned[placeholders] ?? owned.at(-1)!).place, {
          message: `the function here is given ${placeholders} values, so it needs \`_\` ${times(placeholders)}, and \`${printExpression(expression)}\` has it ${times(owned.length)}`,
          help: `name them: \`${'(a, b, c, d, e, f'.slice(0, 3 * placeholders - 1)}) => …\``,
        });
        return undefined;
      }
      owned.forEach((placeholder, i) => {
        seen.set(placeholder, variables[i]!);
      });
    }
    const body = this.value(expression, { variables: sight.variables, placeholders: seen, named: false });
    return { node: { kind: 'function', slots, body }, result: body.type };
  }

  /** `map(upper)`, `reduceByKey(sum)`: called with as many values as `_` would stand for, so that `.map(round)` is not given the index. */
  private functionByName(
    expression: Extract<Expression, { kind: 'name' }>,
    { takes, placeholders }: Expected,
    sight: Sight,
  ): ResolvedLambda | undefined {
    const { name, place } = expression;
    const slots = Array.from({ length: placeholders }, (_, i) => this.slot(i, sight));
    const values = slots.map((slot, i): Node => ({ kind: 'variable', slot, type: takes[i] ?? UNKNOWN, called: '_' }));
    const imported = this.scope.imports.get(name);
    if (imported !== undefined) {
      const body: Node = { kind: 'imported', name, function: imported, arguments: values, type: UNKNOWN, called: name };
      return { node: { kind: 'function', slots, body }, result: UNKNOWN };
    }
    const definition = this.scope.functions.get(name);
    if (definition === undefined) return undefined;
    this.count(definition, placeholders, place);
    values.forEach((value, i) => {
      const parameter = parameterAt(definition.parameters, i);
      if (parameter !== undefined) this.checkArgument(definition, parameter, value.type, '_', place);
    });
    const body = this.call(
      definition,
      values,
      values.map(({ type }) => type),
      name,
    );
    return { node: { kind: 'function', slots, body }, result: body.type };
  }

  private noLambda(expression: Expression, type: Type, { placeholders }: Expected): void {
    const text = printExpression(expression);
    const parameters = placeholders === 1 ? 'x' : `(${'a, b, c, d, e, f'.slice(0, 3 * placeholders - 2)})`;
    const given = expression.kind === 'literal' && typeof expression.value === 'string' ? expression.value : undefined;
    const help = given?.includes('${')
      ? 'a text with `${.name}` in it stands between backticks, not between quotes'
      : given !== undefined
        ? `a field is written without quotes, \`.name\`; for the text itself write \`${parameters} => ${text}\``
        : `for the same value each time write \`${parameters} => ${expression.kind === 'object' ? `(${text})` : text}\``;
    this.problem('needs-function', expression.place, {
      message: `a function is expected here, such as \`${placeholders === 1 ? '_ …' : '_ + _'}\` or \`${parameters} => …\`, and this is ${article(type)}`,
      help,
    });
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}
