import { type FieldKey, keyOf } from '../../../base/field-key.ts';
import { keysOf } from '../../../base/fields.ts';
import { isFields, isList, isTruthy, type NewFields, setField, setFieldAt, type Value } from '../../../base/value.ts';
import type { Lambda } from '../../../flow/define/compiled.ts';
import { questions } from '../../../flow/records/questions.ts';
import { checkListLength, limited } from '../../../flow/texts/limits.ts';
import { asBadRecord, type Code, constant, constantOf, type Frame, folded, variable } from './code.ts';
import { comparisonAt } from './comparisons.ts';
import { compileBinary } from './compile-binary.ts';
import { type CompiledArgument, compileCall, compileImported, compileMethod } from './compile-call.ts';
import { compileIndex, compileMember } from './compile-member.ts';
import type { ArgumentNode, FunctionNode, Node, ObjectEntry } from './node.ts';
import { asText, finite, notA, operand } from './operators.ts';
import type { Scope } from './scope.ts';

/** What code needs to know beside the tree: the time of the batch, ms, and whom to tell of what it finds. */
export type Surroundings = Pick<Scope, 'now' | 'note' | 'comparisons'>;

/**
 * The outermost lambda as a function. It throws BadRecord and nothing else that its record is to blame for. It does not call itself,
 * so one frame serves all its calls.
 */
export function compileLambda({ slots, body }: FunctionNode, surroundings: Surroundings): Lambda {
  const code = compile(body, surroundings);
  const frame: Frame = [];
  const further = slots.slice(2);
  if (further.length === 0) {
    return (x = null, y = null) => {
      try {
        return code(x, y, frame);
      } catch (error) {
        throw asBadRecord(error);
      }
    };
  }
  return (x = null, y = null, ...others) => {
    try {
      for (let i = 0; i < further.length; i++) frame[further[i]!] = others[i] ?? null;
      return code(x, y, frame);
    } catch (error) {
      throw asBadRecord(error);
    }
  };
}

/** The value of an expression outside any lambda. Throws as {@link compileLambda}'s functions do. */
export function evaluate(node: Node, surroundings: Surroundings): Value {
  try {
    return compile(node, surroundings)(null, null, []);
  } catch (error) {
    throw asBadRecord(error);
  }
}

function compile(node: Node, surroundings: Surroundings): Code {
  const compiled = (inner: Node) => compile(inner, surroundings);
  switch (node.kind) {
    case 'constant':
      return constant(node.value);
    case 'variable':
      return variable(node.slot);
    case 'template': {
      const parts = node.parts.map(compiled);
      return folded(template(node.texts, parts), parts);
    }
    case 'list': {
      const items = node.items.map((item) => ({ code: compiled(item.node), item }));
      const codes = items.map(({ code }) => code);
      if (node.items.every(({ spread }) => !spread)) return folded(list(codes), codes);
      return listWithSpread(items.map(({ code, item }) => ({ code, spread: item.spread, called: item.node.called })));
    }
    case 'object':
      return object(node.entries, compiled);
    case 'member': {
      const only = node.name === 'length' ? onlyPart(node.object, 'length') : undefined;
      return only === undefined ? compileMember(compiled(node.object), node.name) : compiled(only);
    }
    case 'index': {
      const index = compiled(node.index);
      const only = onlyPart(node.object, constantOf(index));
      if (only !== undefined) return compiled(only);
      const inner = compiled(node.object);
      return folded(compileIndex(inner, index, node.index.called), [inner, index]);
    }
    case 'unary': {
      const inner = compiled(node.operand);
      return folded(unary(node.operator, inner, node.operand.called), [inner]);
    }
    case 'binary': {
      const [left, right] = [compiled(node.left), compiled(node.right)];
      const names = { left: node.left.called, right: node.right.called };
      return folded(compileBinary(node.operator, left, right, names, comparisonAt(node, surroundings)), [left, right]);
    }
    case 'logical':
      return logical(node.operator, compiled(node.left), compiled(node.right));
    case 'conditional': {
      const [condition, yes, no] = [compiled(node.condition), compiled(node.yes), compiled(node.no)];
      return (x, y, frame) => (isTruthy(condition(x, y, frame)) ? yes(x, y, frame) : no(x, y, frame));
    }
    case 'call': {
      const given = node.arguments.map((argument) => compileArgument(argument, surroundings));
      const code = compileCall(node.definition, given, surroundings);
      if (node.definition.needsTime) return code;
      const { asked } = questions;
      const constant = folded(code, valueCodes(given));
      return questions.asked === asked ? constant : code;
    }
    case 'method': {
      const inner = compiled(node.object);
      const given = node.arguments.map((argument) => compileArgument(argument, surroundings));
      const code = compileMethod(node.name, node.variants, { code: inner, called: node.object.called }, given);
      return folded(code, [inner, ...valueCodes(given)]);
    }
    case 'imported':
      return compileImported(node.name, node.function, node.arguments.map(compiled));
  }
}

/** The codes that decide whether a call is constant; a lambda, which may look at anything, never is. */
function valueCodes(given: readonly CompiledArgument[]): Code[] {
  return given.map(({ code }) => code as Code);
}

/** A method call of whose list only the length is asked for, or the item at an index; undefined where all of it has to be made. */
function onlyPart(node: Node, part: 'length' | Value | undefined): Node | undefined {
  if (node.kind !== 'method') return undefined;
  const { string, list, number } = node.variants;
  // Where texts alone have a method of that name, anything else is refused as before.
  if (string?.only === undefined || list !== undefined || number !== undefined) return undefined;
  const { length, item } = string.only;
  if (part === 'length') return { ...node, variants: { string: { ...string, call: length } } };
  if (!Number.isSafeInteger(part) || Number(part) < 0) return undefined;
  const index = Number(part);
  return { ...node, variants: { string: { ...string, call: (...values) => item(index, ...values) } } };
}

function compileArgument(argument: ArgumentNode, surroundings: Surroundings): CompiledArgument {
  switch (argument.kind) {
    case 'function':
      return { code: innerFunction(argument, surroundings), isValue: false, called: '' };
    case 'pattern':
      return { code: () => argument.regex, isValue: false, fixed: argument.regex, called: '' };
    default:
      return { code: compile(argument, surroundings), isValue: true, called: argument.called };
  }
}

/** A lambda inside the outermost one: it writes what it is given into the frame, where its body looks. */
function innerFunction({ slots, body }: FunctionNode, surroundings: Surroundings): CompiledArgument['code'] {
  const code = compile(body, surroundings);
  const [first, second] = slots;
  if (slots.length > 2) {
    return (x, y, frame) =>
      (...values: Value[]) => {
        for (let i = 0; i < slots.length; i++) frame[slots[i]!] = values[i] ?? null;
        return code(x, y, frame);
      };
  }
  return (x, y, frame) => (a: Value, b: Value) => {
    if (first !== undefined) frame[first] = a;
    if (second !== undefined) frame[second] = b;
    return code(x, y, frame);
  };
}

function template(texts: readonly string[], parts: readonly Code[]): Code {
  return (x, y, frame) => {
    let text = texts[0]!;
    for (let i = 0; i < parts.length; i++) {
      const value = parts[i]!(x, y, frame);
      // As with `+`: a text with a hole in it is no text.
      if (value === null) return null;
      text = limited(text + asText(value) + texts[i + 1]!);
    }
    return text;
  };
}

/** Short lists as literals, which the engine makes at once and just as long as they are. */
function list(codes: readonly Code[]): Code {
  const [a, b, c] = codes;
  if (codes.length === 1) return (x, y, frame) => [a!(x, y, frame)];
  if (codes.length === 2) return (x, y, frame) => [a!(x, y, frame), b!(x, y, frame)];
  if (codes.length === 3) return (x, y, frame) => [a!(x, y, frame), b!(x, y, frame), c!(x, y, frame)];
  return (x, y, frame) => {
    const items: Value[] = [];
    for (let i = 0; i < codes.length; i++) items.push(codes[i]!(x, y, frame));
    return items;
  };
}

function listWithSpread(
  items: readonly { readonly code: Code; readonly spread: boolean; readonly called: string }[],
): Code {
  return (x, y, frame) => {
    const result: Value[] = [];
    for (const { code, spread, called } of items) {
      const value = code(x, y, frame);
      if (!spread) {
        result.push(value);
        continue;
      }
      if (value === null) continue;
      if (!isList(value)) throw notA('list', called, value);
      checkListLength(result.length + value.length);
      for (const item of value) result.push(item);
    }
    return result;
  };
}

function object(entries: readonly ObjectEntry[], compiled: (node: Node) => Code): Code {
  const keys: FieldKey[] = [];
  const codes: Code[] = [];
  for (const entry of entries) {
    if (entry.kind === 'spread' || typeof entry.key !== 'string' || entry.key === '__proto__') {
      return objectInGeneral(entries, compiled);
    }
    keys.push(keyOf(entry.key));
    codes.push(compiled(entry.value));
  }
  const code: Code = (x, y, frame) => {
    const result: NewFields = {};
    for (let i = 0; i < keys.length; i++) result[keys[i]!] = codes[i]!(x, y, frame);
    return result;
  };
  return folded(code, codes);
}

function objectInGeneral(entries: readonly ObjectEntry[], compiled: (node: Node) => Code): Code {
  const steps = entries.map((entry): ((result: NewFields, x: Value, y: Value, frame: Frame) => void) => {
    const value = compiled(entry.value);
    const { called } = entry.value;
    if (entry.kind === 'spread') {
      return (result, x, y, frame) => {
        const fields = value(x, y, frame);
        if (fields === null) return;
        if (!isFields(fields)) throw notA('object', called, fields);
        for (const key of keysOf(fields)) setFieldAt(result, key, fields[key]!);
      };
    }
    const { key } = entry;
    if (typeof key === 'string') {
      const fixed = keyOf(key);
      return (result, x, y, frame) => setFieldAt(result, fixed, value(x, y, frame));
    }
    const name = compiled(key);
    return (result, x, y, frame) => {
      const text = name(x, y, frame);
      // As `+` joins it; null is a name that is missing, and so is its field.
      if (text !== null) setField(result, asText(text), value(x, y, frame));
    };
  });
  return (x, y, frame) => {
    const result: NewFields = {};
    for (const step of steps) step(result, x, y, frame);
    return result;
  };
}

function unary(operator: '!' | '-' | '+', inner: Code, called: string): Code {
  if (operator === '!') return (x, y, frame) => !isTruthy(inner(x, y, frame));
  if (operator === '+') return (x, y, frame) => operand(inner(x, y, frame), called);
  return (x, y, frame) => {
    const value = operand(inner(x, y, frame), called);
    return value === null ? null : finite(-value);
  };
}

function logical(operator: '&&' | '||' | '??', left: Code, right: Code): Code {
  switch (operator) {
    case '&&':
      return (x, y, frame) => {
        const value = left(x, y, frame);
        return isTruthy(value) ? right(x, y, frame) : value;
      };
    case '||':
      return (x, y, frame) => {
        const value = left(x, y, frame);
        return isTruthy(value) ? value : right(x, y, frame);
      };
    case '??':
      return (x, y, frame) => left(x, y, frame) ?? right(x, y, frame);
  }
}
