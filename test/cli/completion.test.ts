import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { leat, shell } from './harness.ts';

/** What bash's own completion is told for a line. */
async function replies(line: string): Promise<string[]> {
  const quoted = `'${line.replaceAll("'", "'\\''")}'`;
  const { stdout, stderr } = await shell(
    `source <(leat completion bash); complete -p leat >&2
     COMP_LINE=${quoted}; COMP_POINT=\${#COMP_LINE}; _leat; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
  expect(stderr).toBe('complete -o nospace -F _leat leat\n');
  return stdout.replace(/\n$/, '').split('\n');
}

test('bash completes stages inside of the quotes', async () => {
  const found = await replies("leat 'json | cou");
  expect(found).toEqual(
    expect.arrayContaining(['json | count', 'json | countBy', 'json | countByValue', 'json | countByWindow']),
  );
});

test('bash ends a word outside of quotes, and leaves a program open', async () => {
  expect(await replies('leat --onc')).toEqual(['--once ']);
  expect(await replies("leat 'json | distin")).toEqual(['json | distinct', 'json | distinct ']);
});

test('other shells are told what each word is', async () => {
  const { stdout } = await leat(['complete', 'fish', '--', "leat --once 'json | distin"]);
  expect(stdout).toBe('json | distinct\tEach different record once\n');
});

test('there are scripts for three shells, and no others', async () => {
  expect((await leat(['completion', 'zsh'])).stdout).toMatch(/^#compdef leat\n/);
  expect((await leat(['completion', 'fish'])).stdout).toContain('complete -c leat');
  const { code, stderr } = await leat(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('bash, zsh, fish');
});

test('the manual page is what the definitions say (npm run docs writes it anew)', async () => {
  const { stdout } = await leat(['man', '--roff']);
  expect(readFileSync('man/leat.1', 'utf8')).toBe(stdout);
  for (const wanted of ['.TH LEAT 1', '\\fBassert(', '\\-\\-record', '.SH EXIT STATUS'])
    expect(stdout).toContain(wanted);
});

test('the manual page is plain text where there is no terminal', async () => {
  const { stdout } = await leat(['man']);
  expect(stdout).toMatch(/^NAME\n {4}leat - streams in one line of text/);
  expect(stdout).toContain('\n    -f, --file path\n        read the program from a file; - for standard input\n');
  expect(stdout).toContain("\n        leat 'words | countByValue | top(2)'\n");
  expect(stdout).not.toMatch(/\\f[BR]|\\\(|^\.[A-Z]/m);
});
