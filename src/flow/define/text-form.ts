/** How texts lie in whole lines. */
export type Cut =
  | { readonly kind: 'lines' }
  /** Between white space as `\s` has it; none is empty. */
  | { readonly kind: 'words' }
  /** Between delimiters, empty ones too: one byte of ASCII, not `\n` or `\r`. */
  | { readonly kind: 'split'; readonly delimiter: number };

/** What the function of a stage does with a text, where the plan finds it to be something that can be done to bytes. */
export type TextForm =
  /** Whether the text has another in it, at its start or at its end: whole characters, no `\n` or `\r`, not empty. */
  | { readonly kind: 'includes' | 'startsWith' | 'endsWith'; readonly text: string }
  /** Its parts between delimiters, see {@link Cut}. */
  | { readonly kind: 'split'; readonly delimiter: number };
