import { visible } from '../../base/visible.ts';

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text of the data as content or attribute of XML and HTML: no mark-up, and nothing that XML 1.0 has no character for. */
export function escaped(text: string): string {
  // U+FFFE and U+FFFF are no characters of XML (2.2) either.
  return visible(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** A number as an attribute, with as many digits as can be seen. */
export function coordinate(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 10) / 10) : '0';
}
