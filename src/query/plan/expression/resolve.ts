import { nearest } from '../../../base/nearest.ts';
import type { Place } from '../../../base/problem.ts';
import {
  BOOLEAN,
  common,
  isWhole,
  NULL,
  NUMBER,
  objectOf,
  STRING,
  type Type,
  UNKNOWN,
  wholeObject,
} from '../../../base/type.ts';
import { printExpression } from '../../text/printer.ts';
import type { Expression } from '../../tree/tree.ts';
import type { Node, ObjectEntry } from './node.ts';
import type { Placeholder } from './placeholders.ts';
import { LambdaResolver } from './resolve-lambdas.ts';
import { type Expected, NOTHING, OUTERMOST, type ResolvedLambda, type Sight } from './resolving.ts';
import { arithmeticMistake, binaryType, indexType, listType, memberType } from './types.ts';
import { called } from './words.ts';

/**
 * Finds what the names of an expression mean, turns placeholders into parameters, infers types, and collects what is surely wrong.
 * One for each outermost expression. Never throws, but for a RangeError where the expression is nested too deep for the call stack.
 */
export class Resolver extends LambdaResolver {
  /** An expression outside any lambda, whose value is needed before the run. */
  constant(expression: Expression): Node {
    this.isConstant = true;
    return this.value(expression, NOTHING);
  }

  /** An expression where a lambda is expected, in one of its forms; undefined after a problem that leaves nothing to look into. */
  outermost(expression: Expression, expected: Expected): ResolvedLambda | undefined {
    return this.lambda(expression, expected, OUTERMOST);
  }

  /** An expression that stands for a value. */
  protected value(expression: Expression, sight: Sight): Node {
    switch (expression.kind) {
      case 'literal':
        return this.constantNode(expression.value, expression);
      case 'regex':
        return this.mistaken(expression, 'pattern-place', expression.place, {
          message: 'a regular expression is no value',
          help: `it stands in brackets: \`_.match(${printExpression(expression)})\`, or before \`.test(_)\``,
        });
      case 'template': {
        const parts = expression.parts.map((part) => this.value(part, sight));
        return { kind: 'template', texts: expression.texts, parts, type: STRING, called: called(expression) };
      }
      case 'list':
        return this.list(expression, sight);
      case 'object':
        return this.object(expression, sight);
      case 'name':
        return this.name(expression, sight);
      case 'placeholder':
        return this.placeholder(expression, sight);
      case 'field': {
        const object = this.placeholder(expression, sight);
        return this.member(object, '_', expression, expression.name, expression.place);
      }
      case 'member': {
        const object = this.value(expression.object, sight);
        return this.member(
          object,
          printExpression(expression.object),
          expression,
          expression.name,
          expression.namePlace,
        );
      }
      case 'index': {
        const object = this.value(expression.object, sight);
        const index = this.value(expression.index, sight);
        const { type, mistake } = indexType(
          object.type,
          { type: index.type, value: index.kind === 'constant' ? index.value : undefined },
          printExpression(expression.object),
        );
        if (mistake !== undefined) this.problem('wrong-type', expression.index.place, mistake);
        return { kind: 'index', object, index, type, called: called(expression) };
      }
      case 'call':
        return this.functionCall(expression, sight);
      case 'method':
        return this.methodCall(expression, sight);
      case 'unary':
        return this.unary(expression, sight);
      case 'binary': {
        const { operator } = expression;
        const left = this.value(expression.left, sight);
        const right = this.value(expression.right, sight);
        const { type, mistake } = binaryType(
          operator,
          { type: left.type, text: printExpression(expression.left) },
          { type: right.type, text: printExpression(expression.right) },
        );
        if (mistake !== undefined) this.problem('wrong-type', expression.place, mistake);
        return { kind: 'binary', operator, left, right, type, called: called(expression) };
      }
      case 'logical': {
        const left = this.value(expression.left, sight);
        const right = this.value(expression.right, sight);
        const type = common(left.type, right.type);
        return { kind: 'logical', operator: expression.operator, left, right, type, called: called(expression) };
      }
      case 'conditional': {
        const condition = this.value(expression.condition, sight);
        const yes = this.value(expression.yes, sight);
        const no = this.value(expression.no, sight);
        const type = common(yes.type, no.type);
        return { kind: 'conditional', condition, yes, no, type, called: called(expression) };
      }
      case 'lambda':
        return this.mistaken(expression, 'function-place', expression.place, {
          message: 'a value is expected here, found a function',
          help: 'functions stand only where a stage or a method takes one: `.map(x => …)`',
        });
    }
  }

  private list(expression: Extract<Expression, { kind: 'list' }>, sight: Sight): Node {
    const items = expression.items.map((item) => {
      const spread = item.kind === 'spread';
      return { spread, node: this.value(spread ? item.value : item, sight) };
    });
    const isPlain = items.every(({ spread }) => !spread);
    const type = isPlain ? listType(items.map(({ node }) => node.type)) : listType([]);
    return { kind: 'list', items, type, called: called(expression) };
  }

  private object(expression: Extract<Expression, { kind: 'object' }>, sight: Sight): Node {
    const types = new Map<string, Type>();
    let isKnown = true;
    const entries = expression.entries.map((entry): ObjectEntry => {
      const value = this.value(entry.value, sight);
      if (entry.kind === 'spread') {
        isKnown &&= isWhole(value.type);
        spreadInto(types, value.type);
        return { kind: 'spread', value };
      }
      if (typeof entry.key === 'string') {
        types.set(entry.key, value.type);
        return { kind: 'entry', key: entry.key, value };
      }
      const key = this.value(entry.key, sight);
      isKnown = false;
      for (const name of types.keys()) types.set(name, UNKNOWN);
      return { kind: 'entry', key, value };
    });
    return {
      kind: 'object',
      entries,
      type: isKnown ? wholeObject(types) : objectOf(types),
      called: called(expression),
    };
  }

  private name(expression: Extract<Expression, { kind: 'name' }>, sight: Sight): Node {
    const { name, place } = expression;
    const variable = sight.variables.get(name);
    if (variable !== undefined) return { kind: 'variable', ...variable, called: name };
    if (this.scope.imports.has(name) || this.scope.functions.has(name)) {
      return this.mistaken(expression, 'function-place', place, {
        message: `\`${name}\` is a function, and a value is expected here`,
        help: `call it: \`${name}(…)\``,
      });
    }
    return this.mistaken(expression, 'unknown-name', place, {
      message: `nothing is named \`${name}\``,
      help: this.nameHelp(name, sight),
    });
  }

  private nameHelp(name: string, sight: Sight): string {
    if (name === 'Math') return 'the functions of `Math` stand by themselves: `round(…)`, `floor(…)`';
    if (name === 'undefined' || name === 'NaN' || name === 'Infinity')
      return 'there is only `null` for what is not there';
    const near = nearest(name, sight.variables.keys());
    if (near !== undefined) return `did you mean \`${near}\`?`;
    return `the field of that name is \`${fieldText(name, sight)}\`, the text \`"${name}"\``;
  }

  private placeholder(expression: Placeholder, sight: Sight): Node {
    const variable = sight.placeholders.get(expression);
    if (variable !== undefined) return { kind: 'variable', ...variable, called: '_' };
    return this.mistaken(expression, 'placeholder-place', expression.place, {
      message: sight.named
        ? `the function around it names its parameters, so \`${printExpression(expression)}\` means nothing here`
        : `\`${printExpression(expression)}\` stands for the parameter of a function, and no function is expected here`,
      help: sight.named ? 'use the names before the `=>`' : 'write the value itself, the same for all records',
    });
  }

  private member(object: Node, text: string, expression: Expression, name: string, place: Place): Node {
    const { type, mistake } = memberType(object.type, name, text);
    if (mistake !== undefined) {
      const isMethod = this.methodFor(name, object.type) !== undefined;
      this.problem(
        'wrong-type',
        place,
        isMethod ? { ...mistake, help: `as a method it has brackets: \`.${name}()\`` } : mistake,
      );
    }
    return { kind: 'member', object, name, type, called: called(expression) };
  }

  private unary(expression: Extract<Expression, { kind: 'unary' }>, sight: Sight): Node {
    const { operator } = expression;
    if (operator === '-' && expression.operand.kind === 'literal' && typeof expression.operand.value === 'bigint') {
      // The sign belongs to the digits here: in arithmetic it would become a double.
      return this.constantNode(-expression.operand.value, expression);
    }
    const operand = this.value(expression.operand, sight);
    if (operator === '!') return { kind: 'unary', operator, operand, type: BOOLEAN, called: called(expression) };
    const mistake = arithmeticMistake(operator, operand.type, printExpression(expression.operand));
    if (mistake !== undefined) this.problem('wrong-type', expression.place, mistake);
    return { kind: 'unary', operator, operand, type: NUMBER, called: called(expression) };
  }
}

/** Adds the fields of an object that is spread to those so far. It may be null, or without some of them, and leaves what is there then. */
function spreadInto(types: Map<string, Type>, spread: Type): void {
  const fields = spread.kind === 'object' ? spread.fields : new Map<string, Type>();
  // One of which not all is known may have any of the fields so far, and replace them.
  const others = isWhole(spread) || spread.kind === 'null' ? NULL : UNKNOWN;
  for (const [name, type] of types) types.set(name, common(type, fields.get(name) ?? others));
  for (const [name, type] of fields) if (!types.has(name)) types.set(name, type);
}

function fieldText(name: string, sight: Sight): string {
  const parameter = sight.named ? [...sight.variables.keys()].at(-1) : undefined;
  return `${parameter ?? ''}.${name}`;
}
