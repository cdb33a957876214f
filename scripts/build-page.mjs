// The page that `serve` shows: one script and one style.
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const SOURCE = 'src/run/serve/web';
/** All of it as it is sent, bytes. */
const MOST = 150 * 1024;

export async function buildPage(folder) {
  mkdirSync(folder, { recursive: true });
  const page = await build({
    entryPoints: { page: `${SOURCE}/main.tsx`, style: `${SOURCE}/style.css` },
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome109', 'firefox115', 'safari16'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  copyFileSync(`${SOURCE}/index.html`, join(folder, 'index.html'));
  // `--save` puts them into a page, where these would end them, or hide their end.
  for (const [name, ends] of [
    ['page.js', /<\/script|<!--/i],
    ['style.css', /<\/style|<!--/i],
  ]) {
    const found = ends.exec(readFileSync(join(folder, name), 'utf8'));
    if (found !== null) throw new Error(`${name} of the page holds ${found[0]}`);
  }
  let sent = 0;
  for (const name of readdirSync(folder)) {
    sent += gzipSync(readFileSync(join(folder, name)), { level: 9 }).length;
  }
  if (sent > MOST) throw new Error(`the page has ${sent} bytes, more than ${MOST}`);
  return page;
}
