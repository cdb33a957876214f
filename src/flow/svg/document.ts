import type { Drawing } from '../define/context.ts';
import { escaped } from './escape.ts';

/** Room between drawings. */
const GAP = 24;

/** Six colours that also those tell apart who see few of them (Okabe and Ito, 2008). */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b08a00', '#56b4e9'];

/** The same hues, lighter: on a dark page the first of them could hardly be seen. */
const COLORS_ON_DARK = ['#4da3dd', '#f28a3c', '#3cc79a', '#dd9ac1', '#d8b43c', '#9ad6f7'];

const inColors = (colors: readonly string[]) =>
  colors
    .map(
      (color, i) =>
        `.line.c${i},.box.c${i}{stroke:${color}}.fill.c${i},.band.c${i},.dot.c${i},.box.c${i}{fill:${color}}`,
    )
    .join('\n');

/** Looks by what things are, for light and dark surroundings. Without variables, which many programs that show SVG do not know. */
const STYLE = `
text{font:12px system-ui,sans-serif;fill:#333}
.title{font-size:15px;font-weight:600}
.faint{fill:#777}
.axis{stroke:#999;fill:none}
.grid{stroke:#e4e4e4;fill:none}
.paper{fill:#fff}
.line{stroke-width:1.8;fill:none;stroke-linejoin:round}
.band{opacity:.25}
.dot{opacity:.55}
.box{fill-opacity:.3}
${inColors(COLORS)}
@media(prefers-color-scheme:dark){text{fill:#ddd}.faint{fill:#999}.axis{stroke:#777}.grid{stroke:#333}.paper{fill:#16181c}
${inColors(COLORS_ON_DARK)}}
`;

/** Drawings one below the other, as a file that needs no other. */
export function svgDocument(drawings: readonly Drawing[]): string {
  const width = Math.max(...drawings.map((drawing) => drawing.width));
  let height = 0;
  const parts = drawings.map((drawing) => {
    const part = `<g transform="translate(0 ${height})">${drawing.body}</g>`;
    height += drawing.height + GAP;
    return part;
  });
  height -= GAP;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<style>${STYLE}</style><rect class="paper" width="100%" height="100%"/>\n${parts.join('\n')}\n</svg>\n`
  );
}

/** The same as a page without scripts, that may load nothing. */
export function htmlDocument(drawings: readonly Drawing[]): string {
  const title = drawings.find((drawing) => drawing.title !== '')?.title ?? 'leat';
  const pictures = drawings.map((drawing) => {
    const size = `viewBox="0 0 ${drawing.width} ${drawing.height}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" role="img" ${size}>${drawing.body}</svg>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${STYLE}
:root{color-scheme:light dark}
body{margin:24px auto;max-width:960px;padding:0 16px}
svg{display:block;width:100%;height:auto;margin-bottom:${GAP}px}
</style>
</head>
<body>
${pictures.join('\n')}
</body>
</html>
`;
}
