import { hideSecrets } from '../../base/secrets.ts';
import type { Argument, Call, Entry, Expression, Program, Spread, Stream } from '../tree/tree.ts';
import { isName } from './names.ts';
import { isRelational, POWER_OF_ATOM, POWER_OF_UNARY, powerOf } from './operators.ts';

/**
 * The text of a program in one canonical form: brackets only where they are needed, texts in double quotes, numbers as they were
 * written. Reading it gives the same tree, but for the places.
 */
export function printProgram(program: Program): string {
  const lets = program.lets.map(({ name, stream }) => `let ${name} = ${printStream(stream)}`);
  return [...lets, ...program.streams.map(printStream)].join(';\n');
}

/** `stage | stage | …` */
function printStream(stream: Stream): string {
  return stream.stages.map(printCall).join(' | ');
}

/** A part of a program as text, for people: a password in it is not shown. */
export function printExpression(expression: Expression): string {
  return hideSecrets(print(expression, 0));
}

/** @param least the power that the expression must bind with at least; brackets around it if it is weaker. */
function print(expression: Expression, least: number): string {
  const text = printBare(expression);
  return powerOfExpression(expression) < least ? `(${text})` : text;
}

function powerOfExpression(expression: Expression): number {
  switch (expression.kind) {
    case 'lambda':
    case 'conditional':
      return 0;
    case 'logical':
    case 'binary':
      return powerOf(expression.operator);
    case 'unary':
      return POWER_OF_UNARY;
    default:
      return POWER_OF_ATOM;
  }
}

function printBare(expression: Expression): string {
  switch (expression.kind) {
    case 'call':
      return printCall(expression);
    case 'literal':
      return typeof expression.value === 'string' ? JSON.stringify(expression.value) : expression.text;
    case 'regex':
      return `/${expression.pattern}/${expression.flags}`;
    case 'template':
      return printTemplate(expression.texts, expression.parts);
    case 'list':
      return `[${expression.items.map(printItem).join(', ')}]`;
    case 'object':
      return `{${expression.entries.map(printEntry).join(', ')}}`;
    case 'name':
      return expression.name;
    case 'placeholder':
      return '_';
    case 'field':
      return `.${expression.name}`;
    case 'member':
      return `${printObject(expression)}${expression.name}`;
    case 'index':
      return `${print(expression.object, POWER_OF_ATOM)}${expression.optional ? '?.' : ''}[${printExpression(expression.index)}]`;
    case 'method':
      return `${printObject(expression)}${expression.name}(${printArguments(expression.arguments)})`;
    case 'unary':
      return printUnary(expression.operator, expression.operand);
    case 'binary':
    case 'logical':
      return printInfix(expression);
    case 'conditional': {
      const condition = print(expression.condition, 1);
      return `${condition} ? ${printExpression(expression.yes)} : ${printExpression(expression.no)}`;
    }
    case 'lambda': {
      const names = expression.parameters.map(({ name }) => name);
      return `${names.length === 1 ? names[0] : `(${names.join(', ')})`} => ${printExpression(expression.body)}`;
    }
  }
}

function printCall(call: Call): string {
  return call.bracketed ? `${call.name}(${printArguments(call.arguments)})` : call.name;
}

function printArguments(list: readonly Argument[]): string {
  return list
    .map(({ name, value }) => {
      const text = value.kind === 'stream' ? printStream(value.stream) : printExpression(value);
      return name === undefined ? text : `${name}: ${text}`;
    })
    .join(', ');
}

/** What stands before the name of a member or method, with its dot. A number has brackets: `1.e5` would be read as one by people. */
function printObject({ object, optional }: { readonly object: Expression; readonly optional: boolean }): string {
  const text = print(object, POWER_OF_ATOM);
  const isNumber = object.kind === 'literal' && typeof object.value !== 'string' && typeof object.value !== 'boolean';
  return `${isNumber ? `(${text})` : text}${optional ? '?.' : '.'}`;
}

/** `- -a` is read as `--a` by JavaScript's users, so it has brackets. */
function printUnary(operator: string, operand: Expression): string {
  const isSame = operand.kind === 'unary' && operand.operator === operator && operator !== '!';
  return operator + print(operand, isSame ? POWER_OF_ATOM : POWER_OF_UNARY);
}

function printInfix(expression: Expression & { readonly kind: 'binary' | 'logical' }): string {
  const { operator, left, right } = expression;
  const power = powerOf(operator);
  if (operator === '**') return `${print(left, POWER_OF_ATOM)} ** ${print(right, power)}`;
  const needsBrackets = (side: Expression) =>
    (side.kind === 'logical' && (side.operator === '??') !== (operator === '??') && expression.kind === 'logical') ||
    (side.kind === 'binary' && isRelational(side.operator) && isRelational(operator));
  const before = print(left, needsBrackets(left) ? POWER_OF_ATOM : power);
  return `${before} ${operator} ${print(right, needsBrackets(right) ? POWER_OF_ATOM : power + 1)}`;
}

function printItem(item: Expression | Spread): string {
  return item.kind === 'spread' ? `...${printExpression(item.value)}` : printExpression(item);
}

function printEntry(entry: Entry | Spread): string {
  if (entry.kind === 'spread') return printItem(entry);
  const { key, value } = entry;
  const name = typeof key !== 'string' ? `[${printExpression(key)}]` : isName(key) ? key : JSON.stringify(key);
  return `${name}: ${printExpression(value)}`;
}

function printTemplate(texts: readonly string[], parts: readonly Expression[]): string {
  let text = '`';
  texts.forEach((piece, i) => {
    // JSON's escapes are a part of JavaScript's; its quotes need none here.
    text += JSON.stringify(piece).slice(1, -1).replaceAll('\\"', '"').replaceAll('`', '\\`').replaceAll('${', '\\${');
    const part = parts[i];
    if (part !== undefined) text += `\${${printExpression(part)}}`;
  });
  return `${text}\``;
}
