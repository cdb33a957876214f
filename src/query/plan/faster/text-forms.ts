import type { TextForm } from '../../../flow/define/text-form.ts';
import type { Argument, Expression } from '../../tree/tree.ts';

/**
 * What a function does with a text, where that can be done to bytes: `_.includes("error")`, `line => line.split(",")`. Undefined for
 * everything else. The function must be one of texts.
 */
export function textFormOf(f: Expression): TextForm | undefined {
  const body = f.kind === 'lambda' && f.parameters.length === 1 ? f.body : f;
  if (body.kind !== 'method' || body.optional || !isParameter(body.object, f)) return undefined;
  const text = onlyText(body.arguments);
  if (text === undefined) return undefined;
  switch (body.name) {
    case 'includes':
    case 'startsWith':
    case 'endsWith':
      return canBeSought(text) ? { kind: body.name, text } : undefined;
    case 'split':
      return isDelimiter(text) ? { kind: 'split', delimiter: text.charCodeAt(0) } : undefined;
    default:
      return undefined;
  }
}

/** Whether an expression is what the function is given. */
function isParameter(expression: Expression, f: Expression): boolean {
  if (f.kind !== 'lambda') return expression.kind === 'placeholder';
  return expression.kind === 'name' && expression.name === f.parameters[0]!.name;
}

function onlyText([first, ...others]: readonly Argument[]): string | undefined {
  if (first === undefined || others.length > 0 || first.name !== undefined) return undefined;
  const { value } = first;
  return value.kind === 'literal' && typeof value.value === 'string' ? value.value : undefined;
}

/** Half a character would be found in a text and not in its bytes; a line end is in no line. */
function canBeSought(text: string): boolean {
  return text !== '' && !/[\r\n]/.test(text) && Buffer.from(text).toString() === text;
}

function isDelimiter(text: string): boolean {
  return text.length === 1 && text.charCodeAt(0) < 0x80 && !/[\r\n]/.test(text);
}
