import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { leat, start } from './harness.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'leat-save-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('--save leaves what a chart shows at the end, as a picture or a page, and nothing else', async () => {
  const path = folder();
  for (const [name, start] of [
    ['hits.svg', '<svg xmlns='],
    ['hits.html', '<!doctype html>'],
  ] as const) {
    const { stdout, code } = await leat(
      ['--save', join(path, name), 'words | countByValue | chart(title: "Hits & <misses>")'],
      'a b <b> a\n',
    );
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'Hits & <misses>']);
    const written = readFileSync(join(path, name), 'utf8');
    expect(written.startsWith(start)).toBe(true);
    expect(written).toContain('>Hits &amp; &lt;misses&gt;</text>');
    expect(written).toContain('>&lt;b&gt;</text>');
  }
  expect(readdirSync(path).sort()).toEqual(['hits.html', 'hits.svg']);
});

test('--save says before anything is read where there is nothing to save, or no place for it', async () => {
  const path = folder();
  const wrong = async (file: string, program: string, ...more: string[]) => {
    const { stderr, code, stdout } = await leat(['--save', join(path, file), program, ...more], 'a\n');
    expect(stdout).toBe('');
    return [code, stderr.split('\n')[0]!.replace(path, '')];
  };
  expect(await wrong('a.png', 'words | countByValue | chart')).toEqual([
    2,
    'leat: --save /a.png: a picture is an .svg or .html file',
  ]);
  expect(await wrong('a.svg', 'words | countByValue')).toEqual([
    2,
    'leat: --save /a.svg: the program draws nothing: end it with `| chart`, or save its results as an .html page',
  ]);
  expect(await wrong('a.svg', 'words | countByValue | chart', '--format', 'json')).toEqual([
    2,
    'leat: --save /a.svg: the program draws nothing: leave --format out',
  ]);
  expect((await wrong('none/a.svg', 'words | countByValue | chart'))[0]).toBe(4);
});

test('where no record came, no file is made, and that is told', async () => {
  const path = folder();
  const { stderr, code } = await leat(['--save', join(path, 'a.svg'), 'words | countByValue | chart'], '');
  expect([code, stderr]).toEqual([0, 'leat: nothing was drawn, so that there is nothing to --save\n']);
  expect(existsSync(join(path, 'a.svg'))).toBe(false);
});

/** What the page of a file shows, as its script finds it. */
function shownBy(page: string) {
  const [, data] = /<script type="application\/json" id="leat-saved">(.*?)<\/script>/.exec(page)!;
  return JSON.parse(data!) as { api: { views: { name: string }[] }; results: { view: string; results: object[] }[] };
}

test('--save leaves the results of any program as a page by itself, which prints them as before', async () => {
  const path = join(folder(), 'report.html');
  const { stdout, stderr, code } = await leat(
    ['--save', path, 'let all = words; all | countByValue; all | count'],
    'a <b> </script> a\n',
  );
  expect([code, stderr, stdout]).toEqual([0, '', 'a\t2\n<b>\t1\n</script>\t1\n4\n']);
  const page = readFileSync(path, 'utf8');
  const { results } = shownBy(page);
  expect(results.map(({ view, results: all }) => [view, all.length])).toEqual([
    ['result', 1],
    ['result2', 1],
  ]);
  expect(results[0]!.results[0]).toMatchObject({ keys: ['a', '<b>', '</script>'] });
  // The script of the page is all that may run, and is what its hash says.
  const [, hash] = /script-src 'sha256-([^']+)'/.exec(page)!;
  const [, script] = /<script type="module">(.*?)<\/script>/s.exec(page)!;
  expect(createHash('sha256').update(script!).digest('base64')).toBe(hash);
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
});

test('--save leaves the page of what is served, and its pictures', async () => {
  for (const [name, has] of [
    ['page.html', '"view":"words"'],
    ['page.svg', '>not</text>'],
  ] as const) {
    const path = join(folder(), name);
    const run = start(['--save', path, '--batch', '20ms', 'words | countByValue | running | serve(0, name: "words")']);
    run.input('to be or not to be\n');
    await run.noted(/the input has ended/);
    run.child.kill('SIGINT');
    expect(await run.ended).toMatchObject({ code: 130, stdout: '' });
    expect(readFileSync(path, 'utf8')).toContain(has);
  }
});
