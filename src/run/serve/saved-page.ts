import { createHash } from 'node:crypto';
import { toJson } from '../../base/json.ts';
import { escaped } from '../../flow/svg/escape.ts';
import { objectOf } from './batch-text.ts';
import type { Look } from './look.ts';
import type { Page } from './page.ts';
import { runDataOf } from './run-data.ts';
import type { ServedView } from './served-view.ts';

/** Of each view so many of the last results are saved, as many of them as have so many rows together, but the newest always. */
const MOST_RESULTS = 60;
const MOST_ROWS = 50_000;

/**
 * The page as one file that asks nobody for anything: its script and style, and beside them what it shows, as data.
 *
 * @param now ms.
 * @throws Refusal where the files of the page are not there.
 */
export function savedPage(page: Page, look: Look, views: readonly ServedView[], now: number): string {
  // That neither of them ends its element, the build sees to.
  const script = page.text('page.js');
  const style = page.text('style.css');
  const names = views.map(({ view }) => view.name).join(', ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; img-src data: blob:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(names)} · leat</title>
<link rel="icon" href="data:,">
<style>${style}</style>
<script type="application/json" id="leat-saved">${dataOf(look, views, now)}</script>
</head>
<body><noscript>This page is drawn by its script, which is within it.</noscript>
<script type="module">${script}</script>
</body>
</html>
`;
}

/** What may run, or dress the page, by its content: nothing else in the file can, wherever it comes from (CSP level 3, hash-source). */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** What is shown, as JSON in which nothing ends an element. */
function dataOf(look: Look, views: readonly ServedView[], now: number): string {
  const results = views.map(({ view: { name, ring } }) => {
    const last = ring.last(MOST_RESULTS, MOST_ROWS).map((batch) =>
      objectOf(batch, [
        ['keys', batch.keys],
        ['rows', batch.records],
      ]),
    );
    return `{"view":${toJson(name)},"results":[${last.join(',')}]}`;
  });
  const data = `{"saved":${now},"api":${toJson(runDataOf(look, views, now))},"results":[${results.join(',')}]}`;
  return data.replaceAll('<', '\\u003c');
}
