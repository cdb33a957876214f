import { STRING, type Type } from '../../../base/type.ts';
import type { TextForm } from '../../../flow/define/text-form.ts';
import type { ArgumentNode, FunctionNode } from '../expression/node.ts';

/**
 * What a function does with a text, where that can be done to bytes: `_.includes("error")`, `line => line.split(",")`. Undefined for
 * everything else.
 *
 * @param takes the types of what it is given.
 */
export function textFormOf({ slots: [slot], body }: FunctionNode, takes: readonly Type[]): TextForm | undefined {
  if (takes.length !== 1 || takes[0]!.kind !== STRING.kind) return undefined;
  if (body.kind !== 'method' || body.object.kind !== 'variable' || body.object.slot !== slot) return undefined;
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

function onlyText([first, ...others]: readonly ArgumentNode[]): string | undefined {
  if (first?.kind !== 'constant' || others.length > 0) return undefined;
  return typeof first.value === 'string' ? first.value : undefined;
}

/** Half a character would be found in a text and not in its bytes; a line end is in no line. */
function canBeSought(text: string): boolean {
  return text !== '' && !/[\r\n]/.test(text) && Buffer.from(text).toString() === text;
}

function isDelimiter(text: string): boolean {
  return text.length === 1 && text.charCodeAt(0) < 0x80 && !/[\r\n]/.test(text);
}
