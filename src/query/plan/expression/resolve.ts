import { nearest } from '../../../base/nearest.ts';
import type { Place, Problem } from '../../../base/problem.ts';
import { BOOLEAN, common, NUMBER, objectOf, STRING, type Type, UNKNOWN } from '../../../base/type.ts';
import type { Value } from '../../../base/value.ts';
import type { FunctionDefinition, FunctionParameter, Receiver } from '../../../flow/define.ts';
import { printExpression } from '../../text/printer.ts';
import type { Argument, Expression, Lambda } from '../../tree/tree.ts';
import type { ArgumentNode, FunctionNode, Node, ObjectEntry } from './node.ts';
import { ownedPlaceholders, type Placeholder, parameterAt } from './placeholders.ts';
import type { Scope, Variants } from './scope.ts';
import {
  arithmeticMistake,
  article,
  binaryType,
  indexType,
  listType,
  type Mistake,
  mayBe,
  memberType,
  typeOf,
} from './types.ts';
import { called } from './words.ts';

/** A parameter of a lambda around an expression. */
interface Variable {
  readonly slot: number;
  readonly type: Type;
}

/** What an expression can see. */
interface Sight {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly placeholders: ReadonlyMap<Placeholder, Variable>;
  /** Whether the innermost lambda names its parameters, for a better word about a stray `_`. */
  readonly named: boolean;
}

const NOTHING: Sight = { variables: new Map(), placeholders: new Map(), named: false };

/** Where the outermost lambda stands: its first two parameters have the slots 0 and 1, which no other lambda has. */
const OUTERMOST: Sight = { ...NOTHING };

/** What a lambda is given, and how many of that its short form `_` must use. */
export interface Expected {
  readonly takes: readonly Type[];
  readonly placeholders: number;
}

/**
 * Finds what the names of an expression mean, turns placeholders into parameters, infers types, and collects what is surely wrong.
 * One for each outermost expression. Never throws, but for a RangeError where the expression is nested too deep for the call stack.
 */
export class Resolver {
  readonly problems: Problem[] = [];
  private slots = 2;
  private readonly scope: Scope;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /** An expression outside any lambda. */
  constant(expression: Expression): Node {
    return this.value(expression, NOTHING);
  }

  /** An expression where a lambda is expected, in one of its forms; undefined after a problem that leaves nothing to look into. */
  outermost(expression: Expression, expected: Expected): { node: FunctionNode; result: Type } | undefined {
    return this.lambda(expression, expected, OUTERMOST);
  }

  private lambda(
    expression: Expression,
    expected: Expected,
    sight: Sight,
  ): { node: FunctionNode; result: Type } | undefined {
    if (expression.kind === 'lambda') return this.explicitLambda(expression, expected, sight);
    if (expression.kind === 'name' && !sight.variables.has(expression.name)) {
      const named = this.functionByName(expression, expected, sight);
      if (named !== undefined) return named;
    }
    const owned = ownedPlaceholders(expression, this.scope);
    if (owned.length > 0) return this.shortLambda(expression, owned, expected, sight);
    const before = this.problems.length;
    const node = this.value(expression, sight);
    // An unknown name is the likelier mistake than the lambda that is missing around it.
    if (this.problems.length === before) this.noLambda(expression, node.type, expected);
    return undefined;
  }

  private explicitLambda(lambda: Lambda, { takes }: Expected, sight: Sight): { node: FunctionNode; result: Type } {
    if (lambda.parameters.length > takes.length) {
      const given = takes.length === 1 ? 'one value' : `${takes.length} values`;
      this.problem('lambda-parameters', lambda.parameters[takes.length]!.place, {
        message: `the function here is given ${given}, and this one has ${lambda.parameters.length} parameters`,
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
      if (own.has(name)) this.problem('lambda-parameters', place, { message: `two parameters are named \`${name}\`` });
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
  ): { node: FunctionNode; result: Type } | undefined {
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
  ): { node: FunctionNode; result: Type } | undefined {
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

  private slot(position: number, sight: Sight): number {
    return sight === OUTERMOST && position < 2 ? position : this.slots++;
  }

  private noLambda(expression: Expression, type: Type, { placeholders }: Expected): void {
    const text = printExpression(expression);
    const parameters = placeholders === 1 ? 'x' : `(${'a, b, c, d, e, f'.slice(0, 3 * placeholders - 2)})`;
    const help =
      expression.kind === 'literal' && typeof expression.value === 'string'
        ? `a field is written without quotes, \`.name\`; for the text itself write \`${parameters} => ${text}\``
        : `for the same value each time write \`${parameters} => ${expression.kind === 'object' ? `(${text})` : text}\``;
    this.problem('needs-function', expression.place, {
      message: `a function is expected here, such as \`${placeholders === 1 ? '_ …' : '_ + _'}\` or \`${parameters} => …\`, and this is ${article(type)}`,
      help,
    });
  }

  /** An expression that stands for a value. */
  private value(expression: Expression, sight: Sight): Node {
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
          message: 'a function is no value, and none is expected here',
        });
    }
  }

  private constantNode(value: Value, expression: Expression): Node {
    return { kind: 'constant', value, type: typeOf(value), called: called(expression) };
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
    const entries = expression.entries.map((entry): ObjectEntry => {
      const value = this.value(entry.value, sight);
      if (entry.kind === 'spread') {
        if (value.type.kind === 'object')
          for (const [name, type] of Object.entries(value.type.fields)) types.set(name, type);
        // An unknown one may have any of the fields so far, and replace them.
        else if (value.type.kind === 'unknown') for (const name of types.keys()) types.set(name, UNKNOWN);
        return { kind: 'spread', value };
      }
      if (typeof entry.key === 'string') {
        types.set(entry.key, value.type);
        return { kind: 'entry', key: entry.key, value };
      }
      const key = this.value(entry.key, sight);
      for (const name of types.keys()) types.set(name, UNKNOWN);
      return { kind: 'entry', key, value };
    });
    return { kind: 'object', entries, type: objectOf(Object.fromEntries(types)), called: called(expression) };
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
    return `for the field of that name write \`${fieldText(name, sight)}\``;
  }

  private placeholder(expression: Placeholder, sight: Sight): Node {
    const variable = sight.placeholders.get(expression);
    if (variable !== undefined) return { kind: 'variable', ...variable, called: '_' };
    return this.mistaken(expression, 'placeholder-place', expression.place, {
      message: sight.named
        ? `the function around it names its parameters, so \`${printExpression(expression)}\` means nothing here`
        : `\`${printExpression(expression)}\` stands for the parameter of a function, and no function is expected here`,
      ...(sight.named ? { help: 'use the names before the `=>`' } : {}),
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

  private functionCall(expression: Extract<Expression, { kind: 'call' }>, sight: Sight): Node {
    const { name, namePlace } = expression;
    if (sight.variables.has(name)) {
      return this.mistaken(expression, 'unknown-function', namePlace, {
        message: `\`${name}\` is a value, not a function`,
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
    const { nodes, types } = this.arguments(definition, expression.arguments, [], sight, expression.place);
    return this.call(definition, nodes, types, called(expression));
  }

  private functionHelp(name: string, given: readonly Argument[]): { help?: string } {
    const variants = this.scope.methods.get(name);
    if (variants !== undefined) {
      const first = given[0]?.value;
      const receiver = first === undefined || first.kind === 'stream' ? '_' : printExpression(first);
      return { help: `it is a method: \`${receiver}.${name}(${given.length > 1 ? '…' : ''})\`` };
    }
    const near = nearest(name, [...this.scope.imports.keys(), ...this.scope.functions.keys()]);
    return near === undefined ? {} : { help: `did you mean \`${near}\`?` };
  }

  private call(
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

  private methodCall(expression: Extract<Expression, { kind: 'method' }>, sight: Sight): Node {
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
    if (isMath(expression.object) && !sight.variables.has('Math') && this.scope.functions.has(name)) {
      return this.mistaken(expression, 'unknown-name', expression.object.place, {
        message: 'nothing is named `Math`',
        help: `write \`${name}(…)\``,
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
    const candidates = definition === undefined ? valueVariants(variants) : [definition];
    // Where the kind of receiver is known only at run time, the arguments must suit the most generous of its methods.
    const widest = candidates.reduce((a, b) => (mostArguments(b) > mostArguments(a) ? b : a));
    const loose = candidates.length === 1 ? widest : loosened(widest, candidates);
    const { nodes, types } = this.arguments(loose, expression.arguments, [object.type], sight, expression.place);
    const type = candidates.map((candidate) => resultType(candidate, [object.type, ...types])).reduce(common);
    return { kind: 'method', name, object, variants, arguments: nodes, type, called: called(expression) };
  }

  private methodFor(name: string, type: Type): FunctionDefinition | undefined {
    const receiver = receiverOf(type);
    return receiver === undefined ? undefined : this.scope.methods.get(name)?.[receiver];
  }

  private methodHelp(name: string, type: Type, expression: Extract<Expression, { kind: 'method' }>): { help?: string } {
    const { functions, methods } = this.scope;
    const object = printExpression(expression.object);
    if (name === 'push') return { help: `values never change; \`[...${object}, x]\` is the list with one more` };
    const receiver = receiverOf(type);
    const candidates = [...methods.entries()].filter(
      ([, variants]) => receiver === undefined || variants[receiver] !== undefined,
    );
    const near = nearest(
      name,
      candidates.map(([candidate]) => candidate),
    );
    if (near !== undefined) return { help: `did you mean \`${near}\`?` };
    if (functions.has(name)) return { help: `it is a function: \`${name}(${object})\`` };
    return {};
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

  private checkArgument(
    definition: FunctionDefinition,
    parameter: FunctionParameter,
    type: Type,
    text: string,
    place: Place,
  ): void {
    if (mayBe(type, parameter.type)) return;
    this.problem('wrong-type', place, {
      message: `\`${definition.name}\` needs ${article(parameter.type)} as its ${parameter.name}, and \`${text}\` is ${article(type)}`,
      ...(parameter.type.kind === 'number' && type.kind === 'string'
        ? { help: `\`number(${text})\` reads a text as a number` }
        : {}),
    });
  }

  private positional(given: readonly Argument[], name: string): Expression[] {
    const expressions: Expression[] = [];
    for (const argument of given) {
      const { value } = argument;
      if (value.kind === 'stream') {
        this.problem('wrong-type', value.place, { message: `\`${name}\` works on values, not on a stream` });
      } else if (argument.name !== undefined) {
        this.problem('argument-name', argument.namePlace ?? value.place, {
          message: `\`${name}\` has no argument \`${argument.name}:\`; arguments of functions have no names`,
        });
      } else {
        expressions.push(value);
      }
    }
    return expressions;
  }

  private count(definition: FunctionDefinition, given: number, place: Place): void {
    const least = leastArguments(definition);
    const most = mostArguments(definition);
    if (given >= least && given <= most) return;
    const wanted =
      most === Number.POSITIVE_INFINITY
        ? `at least ${plural(least)}`
        : least === most
          ? plural(most)
          : `${least} to ${plural(most)}`;
    this.problem('argument-count', place, {
      message: `\`${definition.name}\` takes ${wanted}, and ${given === 0 ? 'none are' : given === 1 ? '1 is' : `${given} are`} given`,
      help: signature(definition),
    });
  }

  /** The regular expression, or one that matches nothing after a problem. */
  private regex(expression: Extract<Expression, { kind: 'regex' }>): RegExp {
    const result = compileRegex(expression);
    if (result instanceof RegExp) return result;
    this.problems.push(result);
    return /(?!)/;
  }

  private mistaken(expression: Expression, code: string, place: Place, mistake: Mistake): Node {
    this.problem(code, place, mistake);
    return { kind: 'constant', value: null, type: UNKNOWN, called: called(expression) };
  }

  private problem(code: string, place: Place, mistake: Mistake): void {
    this.problems.push({ code, place, ...mistake });
  }
}

/** The regular expression that a literal stands for, or what is wrong with it. The parser has seen to its flags. */
function compileRegex(expression: Extract<Expression, { kind: 'regex' }>): RegExp | Problem {
  try {
    return new RegExp(expression.pattern, expression.flags);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const reason = error.message.replace(/^Invalid regular expression: .*: /s, '').toLowerCase();
    return { code: 'bad-regex', place: expression.place, message: `not a regular expression: ${reason}` };
  }
}

/** `upper(text)`, `list.slice(start?, end?)`: how a function is written. */
export function signature(definition: FunctionDefinition): string {
  const parameters = definition.parameters.map(({ name, optional, rest }) =>
    rest ? `…${name}` : optional ? `${name}?` : name,
  );
  const receiver = definition.receiver === undefined ? '' : `${definition.receiver}.`;
  return `\`${receiver}${definition.name}(${parameters.join(', ')})\``;
}

function fieldText(name: string, sight: Sight): string {
  const parameter = sight.named ? [...sight.variables.keys()].at(-1) : undefined;
  return `${parameter ?? ''}.${name}`;
}

function isMath(expression: Expression): boolean {
  return expression.kind === 'name' && expression.name === 'Math';
}

function receiverOf(type: Type): Receiver | undefined {
  switch (type.kind) {
    case 'string':
    case 'number':
    case 'list':
      return type.kind;
    case 'pair':
      return 'list';
    default:
      return undefined;
  }
}

function valueVariants(variants: Variants): FunctionDefinition[] {
  return [variants.string, variants.list, variants.number].filter((variant) => variant !== undefined);
}

function resultType(definition: FunctionDefinition, types: readonly Type[]): Type {
  return typeof definition.gives === 'function' ? definition.gives(types) : definition.gives;
}

function leastArguments({ parameters }: FunctionDefinition): number {
  return parameters.filter(({ optional }) => !optional).length;
}

function mostArguments({ parameters }: FunctionDefinition): number {
  return parameters.at(-1)?.rest ? Number.POSITIVE_INFINITY : parameters.length;
}

/** A definition with parameters that suit every candidate: what one of them takes as anything, or leaves out, is fine. */
function loosened(widest: FunctionDefinition, candidates: readonly FunctionDefinition[]): FunctionDefinition {
  const least = Math.min(...candidates.map(leastArguments));
  const parameters = widest.parameters.map((parameter, position): FunctionParameter => {
    const others = candidates.map((candidate) => parameterAt(candidate.parameters, position));
    const isSame = others.every((other) => other?.type.kind === parameter.type.kind);
    return { ...parameter, type: isSame ? parameter.type : UNKNOWN, optional: position >= least };
  });
  return { ...widest, parameters };
}

function plural(count: number): string {
  return count === 0 ? 'no arguments' : count === 1 ? '1 argument' : `${count} arguments`;
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}
