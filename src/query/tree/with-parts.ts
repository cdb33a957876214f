import type { Argument, Entry, Expression, Spread } from './tree.ts';

/** An expression whose direct parts are what `change` makes of them; itself where it has none. What a lambda has inside is one of its parts. */
export function withParts(expression: Expression, change: (part: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'literal':
    case 'regex':
    case 'name':
    case 'placeholder':
    case 'field':
      return expression;
    case 'template':
      return { ...expression, parts: expression.parts.map(change) };
    case 'list':
      return { ...expression, items: expression.items.map((item) => itemWith(item, change)) };
    case 'object':
      return { ...expression, entries: expression.entries.map((entry) => entryWith(entry, change)) };
    case 'member':
      return { ...expression, object: change(expression.object) };
    case 'index':
      return { ...expression, object: change(expression.object), index: change(expression.index) };
    case 'call':
      return { ...expression, arguments: expression.arguments.map((argument) => argumentWith(argument, change)) };
    case 'method': {
      const given = expression.arguments.map((argument) => argumentWith(argument, change));
      return { ...expression, object: change(expression.object), arguments: given };
    }
    case 'unary':
      return { ...expression, operand: change(expression.operand) };
    case 'binary':
    case 'logical':
      return { ...expression, left: change(expression.left), right: change(expression.right) };
    case 'conditional': {
      const { condition, yes, no } = expression;
      return { ...expression, condition: change(condition), yes: change(yes), no: change(no) };
    }
    case 'lambda':
      return { ...expression, body: change(expression.body) };
  }
}

function itemWith(item: Expression | Spread, change: (part: Expression) => Expression): Expression | Spread {
  return item.kind === 'spread' ? { ...item, value: change(item.value) } : change(item);
}

function entryWith(entry: Entry | Spread, change: (part: Expression) => Expression): Entry | Spread {
  const value = change(entry.value);
  if (entry.kind === 'spread') return { ...entry, value };
  return { ...entry, key: typeof entry.key === 'string' ? entry.key : change(entry.key), value };
}

function argumentWith(argument: Argument, change: (part: Expression) => Expression): Argument {
  return argument.value.kind === 'stream' ? argument : { ...argument, value: change(argument.value) };
}
