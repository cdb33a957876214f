import type { TextFault } from '../../base/problem.ts';
import { filledIn, variableFault } from './secrets.ts';

/** What is wrong with an address of HTTP in which variables may stand, if anything. */
export function urlFault(text: string): string | TextFault | undefined {
  const fault = variableFault(text);
  if (fault !== undefined) return fault;
  const filled = filledIn(text);
  return /^https?:\/\//i.test(filled) && URL.canParse(filled)
    ? undefined
    : 'it is a URL, as `"https://example.org/hook"`';
}
