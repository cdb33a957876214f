import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../../support/ports.ts';

/*
 * What the pages show is run: each block of
 *
 *     ```console
 *     $ leat 'words | count' < book.txt
 *     5
 *     ```
 *
 * The blocks of a page are one session of bash in one empty folder. A command goes on in lines that start with `> `; what it writes, to
 * standard output and to standard error, is exactly what stands below it. Where a command ends with `&`, what it and the next one write
 * stands below the next one. Blocks that cannot be run say ```text or ```sh. With LEAT_UPDATE=1 the pages are rewritten.
 */

const LEAT = resolve('bin/leat.js');

/** The port that the pages write; a free one stands for it when they are run. */
const WRITTEN_PORT = '9999';

interface Command {
  readonly text: string;
  /** Where what it writes stands on the page: lines from 0, the end not included. */
  readonly start: number;
  readonly end: number;
}

/** The commands of a page, in order. */
function commandsOf(lines: readonly string[]): Command[] {
  const commands: { text: string; start: number; end: number }[] = [];
  let isInside = false;
  lines.forEach((line, at) => {
    const last = commands.at(-1);
    if (line.startsWith('```')) {
      isInside = !isInside && line === '```console';
    } else if (isInside && line.startsWith('$ ')) {
      const before = last?.text.endsWith(' &') ? `${commands.pop()!.text}\n` : '';
      commands.push({ text: before + line.slice(2), start: at + 1, end: at + 1 });
    } else if (isInside && last !== undefined) {
      const isMore = /^>( |$)/.test(line) && last.start === last.end;
      if (isMore) Object.assign(last, { text: `${last.text}\n${line.slice(2)}`, start: at + 1 });
      last.end = at + 1;
    }
  });
  return commands;
}

/** The page with what the commands wrote in the place of what it says that they write. */
function rewritten(lines: readonly string[], commands: readonly Command[], outputs: readonly string[]): string {
  const page = [...lines];
  for (const [i, { start, end }] of [...commands.entries()].reverse()) {
    page.splice(start, end - start, ...outputs[i]!.split('\n').slice(0, -1));
  }
  return page.join('\n');
}

const isUpdate = process.env.LEAT_UPDATE === '1';

const folder = mkdtempSync(join(tmpdir(), 'leat-docs-'));
const sessions = new Set<number>();

afterAll(() => {
  // A session that is still there has hung; what it started goes with it.
  for (const pid of sessions) process.kill(-pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** What stands for the tools that not every machine has: an `nc` that waits for the other end to listen, sends its input, and ends. */
const TOOLS = `leat() { "${process.execPath}" "${LEAT}" "$@"; }
nc() {
  if [ "$1" = -N ]; then shift; fi
  for _ in {1..400}; do
    if { exec 3<>"/dev/tcp/$1/$2"; } 2>/dev/null; then cat >&3; exec 3>&-; return; fi
    sleep 0.05
  done
}
`;

/** Runs the commands in a folder of their own and gives what each wrote. */
async function run(commands: readonly Command[], name: string): Promise<string[]> {
  const port = String(await freePort());
  const place = join(folder, name.replace('/', '-'));
  mkdirSync(join(place, '.outputs'), { recursive: true });
  // Nothing stands between two commands, so that $? is the exit code of the one before.
  const script = commands.map(({ text }, i) => `{ ${text.replaceAll(WRITTEN_PORT, port)}\n} > .outputs/${i} 2>&1\n`);
  writeFileSync(join(place, '.script'), TOOLS + script.join(''));
  const env = { ...process.env, NO_COLOR: '1', TZ: 'UTC', LC_ALL: 'C' };
  const shell = spawn('bash', ['.script'], { cwd: place, env, detached: true, stdio: ['ignore', 'ignore', 'inherit'] });
  sessions.add(shell.pid!);
  await once(shell, 'close');
  sessions.delete(shell.pid!);
  return commands.map((_command, i) => {
    const path = join(place, '.outputs', String(i));
    return existsSync(path)
      ? readFileSync(path, 'utf8').replaceAll(new RegExp(`\\b${port}\\b`, 'g'), WRITTEN_PORT)
      : '(not run)\n';
  });
}

const names = ['README.md', ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))];
const pages = names.map((name) => {
  const lines = readFileSync(name, 'utf8').split('\n');
  return { name, lines, commands: commandsOf(lines) };
});

test('the pages show examples, and the command is built', () => {
  const count = (name: string) => pages.find((page) => page.name === name)?.commands.length ?? 0;
  expect(count('README.md')).toBeGreaterThan(15);
  expect(count('docs/tutorial.md')).toBeGreaterThan(15);
  expect(count('docs/language.md')).toBeGreaterThan(10);
  expect(existsSync('dist/leat.cjs')).toBe(true);
});

test.concurrent.each(pages.filter(({ commands }) => commands.length > 0))(
  '$name is right',
  async (page) => {
    const { name, lines, commands } = page;
    const actual = rewritten(lines, commands, await run(commands, name));
    if (isUpdate) writeFileSync(name, actual);
    else expect(actual).toBe(lines.join('\n'));
  },
  // A page may run a hundred commands: this ends a hang, and no slow machine.
  300_000,
);
