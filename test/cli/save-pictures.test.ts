import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { leat } from './harness.ts';

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
    'leat: --save /a.svg: the program draws nothing: end it with `| chart`',
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
