import type { Place } from '../../base/problem.ts';
import { Pattern } from '../../flow/pattern/pattern.ts';
import { type TextProblem, textProblem } from './codes.ts';

/** Flags of JavaScript that a regular expression may have here; `g` only where it changes nothing, which the parser knows. */
const FLAGS = 'gimsu';

/** What is wrong with a regular expression. It is only compiled, never run. */
export function checkRegex(pattern: string, flags: string, place: Place): TextProblem[] {
  const unknown = Array.from(flags).find((flag, i) => !FLAGS.includes(flag) || flags.indexOf(flag) !== i);
  if (unknown !== undefined) {
    const flagPlace = { start: place.end - flags.length, end: place.end };
    const isTwice = FLAGS.includes(unknown);
    return [
      textProblem(
        'bad-flag',
        flagPlace,
        isTwice ? `the flag \`${unknown}\` stands twice` : `regular expressions have no flag \`${unknown}\` here`,
        {
          label: isTwice ? 'once is enough' : 'unknown flag',
          help: 'the flags are `i` (any case), `m` (`^` and `$` at each line), `s` (`.` takes line ends too), `u` (code points)',
        },
      ),
    ];
  }
  const reason = reasonAgainst(pattern, flags);
  if (reason === undefined) return [];
  return [
    textProblem('bad-regex', place, `this regular expression is not well formed: ${reason}`, {
      label: reason,
      help: 'a sign that stands for itself has a backslash before it: `\\(`',
    }),
  ];
}

/** Why the engine refuses it; undefined if it does not. */
function reasonAgainst(pattern: string, flags: string): string | undefined {
  try {
    new Pattern(pattern, flags);
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The engine's message repeats the expression; what is wrong stands behind the last colon.
    const reason = error.message.slice(error.message.lastIndexOf(': ') + 2);
    return reason.charAt(0).toLowerCase() + reason.slice(1);
  }
}

/** The flags that change what matches, in alphabetical order. */
export function canonicalFlags(flags: string): string {
  return Array.from('imsu')
    .filter((flag) => flags.includes(flag))
    .join('');
}
