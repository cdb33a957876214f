/** Words of JavaScript that stand before an expression, or for one; what is said of each is told by foreign.ts, which few programs need. */
const NAMES = [
  ...['return', 'let', 'const', 'var', 'throw', 'for', 'while', 'do', 'switch', 'try', 'else'],
  ...[
    'function',
    'lambda',
    'async',
    'new',
    'this',
    'class',
    'super',
    'typeof',
    'await',
    'yield',
    'delete',
    'void',
    'undefined',
    'NaN',
    'Infinity',
    'import',
    'export',
  ],
] as const;

export type ForeignName = (typeof NAMES)[number];

const ALL: ReadonlySet<string> = new Set(NAMES);

/** Whether a word cannot be the name of a value: `new`, `this`. */
export function isForeignName(name: string): name is ForeignName {
  return ALL.has(name);
}
