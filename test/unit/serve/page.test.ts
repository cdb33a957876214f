import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { svgDocument } from '../../../src/flow/svg/document.ts';
import { Serving } from '../../support/serving.ts';

const VIEWS = 'json | groupBy(.path, {n: count()}) | serve(0)';

test('the page comes with its script and style, which may ask nobody else', async () => {
  const serving = new Serving(VIEWS);
  for (const path of ['/', '/v/path', '/v/path/', '/v/path/embed']) {
    const { status, headers, body } = await serving.ask(path);
    expect([path, status, headers['content-type']]).toEqual([path, 200, 'text/html; charset=utf-8']);
    expect(body).toContain('<script type="module" src="/page.js">');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(body).not.toMatch(/https?:/);
  }
  const script = await serving.ask('/page.js');
  expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
  const packed = await serving.ask('/page.js', { headers: { 'accept-encoding': 'gzip, br' } });
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect((await serving.ask('/v/pathes')).status).toBe(404);
});

test('who may read it may show it within a page of theirs', async () => {
  const serving = new Serving('words | count | serve(0, cors: ["https://good.example"])');
  const policyAt = async (path: string) => String((await serving.ask(path)).headers['content-security-policy']);
  expect(await policyAt('/v/result/embed')).toContain('frame-ancestors https://good.example');
  expect(await policyAt('/v/result')).toContain("frame-ancestors 'none'");
});

test('the picture of a view is a file, in which data is no mark-up', async () => {
  const serving = new Serving(VIEWS);
  expect((await serving.ask('/v/path.svg')).status).toBe(503);
  for (let n = 1; n <= 3; n++) serving.batch([{ path: '<b>&', n }]);
  const { headers, body } = await serving.ask('/v/path.svg');
  expect(headers['content-type']).toBe('image/svg+xml; charset=utf-8');
  expect(body).toMatch(/^<svg .*&lt;b&gt;&amp;.*class="line c0".*<\/svg>\n$/s);
  expect(body).not.toContain('<b>');
});

test('the last results can be asked for', async () => {
  const serving = new Serving(VIEWS);
  for (let n = 1; n <= 5; n++) serving.batch([{ path: '/', n }]);
  expect(await serving.json('/v/path.json?last=2')).toMatchObject([{ batch: 4 }, { batch: 5 }]);
  expect(await serving.json('/v/path.json?last=x')).toMatchObject({ error: { code: 'no-number' } });
});

test('lines have the colours that files of pictures have, in light and in dark', () => {
  const file = svgDocument([{ title: '', width: 1, height: 1, body: '' }]);
  const colors = [...file.matchAll(/\.line\.c\d,.*?stroke:(#[\da-f]{6})/g)].map(([, color]) => color);
  const [light, dark] = [colors.slice(0, 6), colors.slice(6)];
  const page = readFileSync('src/run/serve/web/series.css', 'utf8').match(/#[\da-f]{6}/g);
  expect(dark).toHaveLength(6);
  expect(page).toEqual([...light, ...dark, ...dark]);
});

test('what is written behind a view is completed with what may stand there', async () => {
  const serving = new Serving(VIEWS);
  serving.batch([{ path: '/', n: 1 }]);
  const at = (text: string) => serving.json(`/api/complete?view=path&text=${encodeURIComponent(text)}`);
  expect(await at('filter(.')).toMatchObject({ start: 8, candidates: [{ text: 'path' }, { text: 'n' }] });
  expect(await at('x'.repeat(2001))).toMatchObject({ error: { code: 'too-long' } });
  expect((await serving.ask('/api/complete?view=none&text=')).status).toBe(404);
});

test.each([
  ['json | groupBy(.path, {n: count(), p99: p99(.ms), all: sum(.ms), rate: sum(.ms) / count()})', ['n', 'all']],
  ['json | countBy(.path) | running | filter(_[1] > 1) | sortBy(_[1]) | top(3, by: _[1])', ['value']],
  ['json | groupBy(.path, {n: count()}) | map({m: .n})', []],
  ['json', []],
])('of %s the columns that add up are known', async (program, sums) => {
  const serving = new Serving(`${program} | serve(0)`);
  expect(await serving.json('/api/run')).toMatchObject({ views: [{ sums }] });
});
