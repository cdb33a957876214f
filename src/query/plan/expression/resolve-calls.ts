import { nearest } from '../../../base/nearest.ts';
import type { Place, Problem } from '../../../base/problem.ts';
import { common, type Type, UNKNOWN } from '../../../base/type.ts';
import type { FunctionDefinition, FunctionParameter } from '../../../flow/define/function.ts';
import { Pattern } from '../../../flow/pattern/pattern.ts';
import { printExpression } from '../../text/printer.ts';
import type { Argument, Expression } from '../../tree/tree.ts';
import { functionMeant } from '../foreign/foreign-word.ts';
import { expressionProblem } from './codes.ts';
import {
  argumentCounts,
  leastArguments,
  mostArguments,
  receiverOf,
  resultType,
  signatureOf,
  suitingAll,
  valueVariants,
} from './definitions.ts';
import type { ArgumentNode, Node } from './node.ts';
import { parameterAt } from './placeholders.ts';
import { Resolving, type Sight } from './resolving.ts';
import { article, mayBe } from './types.ts';
import { called } from './words.ts';

/** Calls of functions and methods: which one it is, whether its arguments suit, and what it gives. */
export abstract class CallResolver extends Resolving {
  protected functionCall(expression: Extract<Expression, { kind: 'call' }>, sight: Sight): Node {
    const { name, namePlace } = expression;
    if (sight.variables.has(name)) {
      return this.mistaken(expression, 'unknown-function', namePlace, {
        message: `\`${name}\` is a value, not a function`,
        help: `choose another name for the parameter, or take the call away: \`${name}\``,
      });
    }
    const imported = this.scope.imports.get(name);
    if (imported !== undefined) {
      const values = this.positional(expression.arguments, name).map((argument) => this.value(argument, sight));
      return {
        kind: 'imported',
        name,
        function: imported,
        arguments: values,
        type: UNKNOWN,
        called: called(expression),
      };
    }
    const definition = this.scope.functions.get(name);
    if (definition === undefined) {
      return this.mistaken(expression, 'unknown-function', namePlace, {
        message: `there is no function \`${name}\``,
        ...this.functionHelp(name, expression.arguments),
      });
    }
    if (definition.needsTime && this.isConstant) {
      return this.mistaken(expression, 'not-constant', expression.place, {
        message: `\`${name}\` changes with each batch, and a value that stays the same is needed here`,
        help: `\`${name}\` can stand in functions: \`map(x => ${name}())\``,
      });
    }
    const { nodes, types } = this.arguments(definition, expression.arguments, [], sight, expression.place);
    if (OF_MANY.has(name) && types.length === 1 && types[0]!.kind === 'number') {
      const of = printExpression(expression.arguments[0]!.value as Expression);
      return this.mistaken(expression, 'wrong-type', expression.place, {
        message: `\`${name}\` of one number is that number`,
        help: `of many records it is an aggregate, \`aggregate({${name}: ${name}(${of})})\` or in \`groupBy\`; what part of all a group has is \`share()\` there`,
      });
    }
    return this.call(definition, nodes, types, called(expression));
  }

  private functionHelp(name: string, given: readonly Argument[]): { help: string } {
    const variants = this.scope.methods.get(name);
    if (variants !== undefined) {
      const first = given[0]?.value;
      const receiver = first === undefined || first.kind === 'stream' ? '_' : printExpression(first);
      return { help: `it is a method: \`${receiver}.${name}(${given.length > 1 ? '…' : ''})\`` };
    }
    const meant = functionMeant(name, given);
    if (meant !== undefined) return { help: meant };
    const near = nearest(name, [...this.scope.imports.keys(), ...this.scope.functions.keys()]);
    return { help: near === undefined ? '`leat help` lists all functions' : `did you mean \`${near}\`?` };
  }

  protected call(
    definition: FunctionDefinition,
    nodes: readonly ArgumentNode[],
    types: readonly Type[],
    text: string,
  ): Node {
    const values = nodes.filter((node): node is Node => node.kind !== 'function' && node.kind !== 'pattern');
    if (definition.operator === 'conditional' && values.length === 3) {
      const [condition, yes, no] = values as [Node, Node, Node];
      return { kind: 'conditional', condition, yes, no, type: common(yes.type, no.type), called: text };
    }
    if (definition.operator === 'coalesce' && values.length > 0) {
      return values.reduceRight((right, left) => ({
        kind: 'logical',
        operator: '??',
        left,
        right,
        type: common(left.type, right.type),
        called: text,
      }));
    }
    return { kind: 'call', definition, arguments: nodes, type: resultType(definition, types), called: text };
  }

  protected methodCall(expression: Extract<Expression, { kind: 'method' }>, sight: Sight): Node {
    const { name, namePlace } = expression;
    const variants = this.scope.methods.get(name);
    if (variants?.pattern !== undefined && expression.object.kind === 'regex') {
      const regex = this.regex(expression.object);
      const { nodes, types } = this.arguments(
        variants.pattern,
        expression.arguments,
        [UNKNOWN],
        sight,
        expression.place,
      );
      return this.call(
        variants.pattern,
        [{ kind: 'pattern', regex }, ...nodes],
        [UNKNOWN, ...types],
        called(expression),
      );
    }
    const { object: owner } = expression;
    const ours = owner.kind === 'name' && !sight.variables.has(owner.name) ? standInFor(owner.name, name) : undefined;
    if (owner.kind === 'name' && ours !== undefined && this.scope.functions.has(ours)) {
      return this.mistaken(expression, 'unknown-name', owner.place, {
        message: `nothing is named \`${owner.name}\``,
        help: `write \`${ours}(…)\``,
      });
    }
    const object = this.value(expression.object, sight);
    if (variants === undefined) {
      return this.mistaken(expression, 'unknown-method', namePlace, {
        message: `there is no method \`${name}\``,
        ...this.methodHelp(name, object.type, expression),
      });
    }
    const definition = this.methodFor(name, object.type);
    const isKnown = object.type.kind !== 'unknown' && object.type.kind !== 'null';
    if (definition === undefined && isKnown) {
      return this.mistaken(expression, 'unknown-method', namePlace, {
        message: `${article(object.type)} has no method \`${name}\``,
        ...this.methodHelp(name, object.type, expression),
      });
    }
    const [first, ...others] = definition === undefined ? valueVariants(variants) : [definition];
    if (first === undefined) {
      return this.mistaken(expression, 'unknown-method', namePlace, {
        message: `\`${name}\` is a method of regular expressions`,
        help: `write \`/…/.${name}(${printExpression(expression.object)})\``,
      });
    }
    const candidates = [first, ...others] as const;
    const suiting = others.length === 0 ? first : suitingAll(candidates);
    const { nodes, types } = this.arguments(suiting, expression.arguments, [object.type], sight, expression.place);
    const type = candidates.map((candidate) => resultType(candidate, [object.type, ...types])).reduce(common);
    return { kind: 'method', name, object, variants, arguments: nodes, type, called: called(expression) };
  }

  protected methodFor(name: string, type: Type): FunctionDefinition | undefined {
    const receiver = receiverOf(type);
    return receiver === undefined ? undefined : this.scope.methods.get(name)?.[receiver];
  }

  private methodHelp(name: string, type: Type, expression: Extract<Expression, { kind: 'method' }>): { help: string } {
    const { functions, methods } = this.scope;
    const object = printExpression(expression.object);
    if (name === 'push') return { help: `values never change; \`[...${object}, x]\` is the list with one more` };
    if (name === 'length') return { help: `it has no brackets: \`${object}.length\`` };
    if (name === 'toString') return { help: `\`string(${object})\` is any value as text` };
    const receiver = receiverOf(type);
    const candidates = [...methods.entries()].filter(
      ([candidate, variants]) => candidate !== name && (receiver === undefined || variants[receiver] !== undefined),
    );
    const near = nearest(
      name,
      candidates.map(([candidate]) => candidate),
    );
    if (near !== undefined) return { help: `did you mean \`${near}\`?` };
    if (functions.has(name)) return { help: `it is a function: \`${name}(${object})\`` };
    return { help: '`leat help` lists all methods' };
  }

  /** The arguments of a function or method. `before` is the receiver's type, for methods. */
  private arguments(
    definition: FunctionDefinition,
    given: readonly Argument[],
    before: readonly Type[],
    sight: Sight,
    place: Place,
  ): { nodes: ArgumentNode[]; types: Type[] } {
    const expressions = this.positional(given, definition.name);
    if (expressions.length === given.length) this.count(definition, expressions.length, place);
    const types: Type[] = [];
    const nodes = expressions.map((expression, position): ArgumentNode => {
      const parameter = parameterAt(definition.parameters, position);
      const argument = this.argument(definition, parameter, expression, before[0] ?? types[0] ?? UNKNOWN, sight);
      types.push(argument.type);
      return argument.node;
    });
    return { nodes, types };
  }

  private argument(
    definition: FunctionDefinition,
    parameter: FunctionParameter | undefined,
    expression: Expression,
    subject: Type,
    sight: Sight,
  ): { node: ArgumentNode; type: Type } {
    if (parameter?.lambda !== undefined) {
      const takes = parameter.lambda(subject);
      const resolved = this.lambda(expression, { takes, placeholders: parameter.placeholders ?? takes.length }, sight);
      if (resolved !== undefined) return { node: resolved.node, type: resolved.result };
      return { node: this.constantNode(null, expression), type: UNKNOWN };
    }
    if (parameter?.pattern !== undefined && expression.kind === 'regex') {
      return { node: { kind: 'pattern', regex: this.regex(expression) }, type: UNKNOWN };
    }
    const node = this.value(expression, sight);
    if (parameter?.pattern === 'only') {
      this.problem('wrong-type', expression.place, {
        message: `\`${definition.name}\` needs a regular expression`,
        help: `write it between slashes: \`.${definition.name}(/…/)\``,
      });
    } else if (parameter !== undefined) {
      this.checkArgument(definition, parameter, node.type, printExpression(expression), expression.place);
    }
    return { node, type: node.type };
  }

  protected checkArgument(
    definition: FunctionDefinition,
    parameter: FunctionParameter,
    type: Type,
    text: string,
    place: Place,
  ): void {
    if (mayBe(type, parameter.type)) return;
    this.problem('wrong-type', place, {
      message: `\`${definition.name}\` needs ${article(parameter.type)} as its ${parameter.name}, and \`${text}\` is ${article(type)}`,
      help:
        parameter.type.kind === 'number' && type.kind === 'string'
          ? `\`number(${text})\` reads a text as a number`
          : `write it as \`${signatureOf(definition)}\``,
    });
  }

  private positional(given: readonly Argument[], name: string): Expression[] {
    const expressions: Expression[] = [];
    for (const argument of given) {
      const { value } = argument;
      if (value.kind === 'stream') {
        this.problem('wrong-type', value.place, {
          message: `\`${name}\` works on values, not on a stream`,
          help: 'close its bracket before the `|`, or write `||` for "or"',
        });
      } else if (argument.name !== undefined) {
        this.problem('argument-name', argument.namePlace ?? value.place, {
          message: `arguments of functions have no names, and \`${name}\` is a function`,
          help: `write the value alone: \`${name}(${printExpression(value)})\``,
        });
      } else {
        expressions.push(value);
      }
    }
    return expressions;
  }

  protected count(definition: FunctionDefinition, given: number, place: Place): void {
    if (given >= leastArguments(definition) && given <= mostArguments(definition)) return;
    const spelt = given === 0 ? 'none are' : given === 1 ? '1 is' : `${given} are`;
    this.problem('argument-count', place, {
      message: `\`${definition.name}\` takes ${argumentCounts(definition)}, and ${spelt} given`,
      help: `write \`${signatureOf(definition)}\``,
    });
  }

  /** The regular expression, or one that matches nothing after a problem. */
  private regex(expression: Extract<Expression, { kind: 'regex' }>): Pattern {
    const result = compileRegex(expression);
    if (result instanceof Pattern) return result;
    this.problems.push(result);
    return new Pattern('(?!)');
  }
}

/** Functions of several values, or of a list of them. */
const OF_MANY: ReadonlySet<string> = new Set(['sum', 'avg', 'min', 'max']);

/** The regular expression that a literal stands for, or what is wrong with it. The parser has seen to its flags. */
function compileRegex(expression: Extract<Expression, { kind: 'regex' }>): Pattern | Problem {
  try {
    return new Pattern(expression.pattern, expression.flags);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const reason = error.message.replace(/^Invalid regular expression: .*: /s, '').toLowerCase();
    return expressionProblem('bad-regex', expression.place, {
      message: `this regular expression is not well formed: ${reason}`,
      help: 'a sign that stands for itself has a backslash before it: `\\(`',
    });
  }
}

/** Our functions for those of JavaScript's objects; `Math`'s have their own names here. */
const STAND_INS: ReadonlyMap<string, string> = new Map([
  ['JSON.parse', 'parseJson'],
  ['JSON.stringify', 'string'],
  ['Object.keys', 'keys'],
  ['Object.values', 'values'],
  ['Object.entries', 'entries'],
  ['Date.now', 'now'],
  ['Date.parse', 'time'],
  ['Number.parseInt', 'number'],
  ['Number.parseFloat', 'number'],
]);

function standInFor(owner: string, name: string): string | undefined {
  return owner === 'Math' ? name : STAND_INS.get(`${owner}.${name}`);
}
