// Writes the screens in docs/terminal.md from real runs in a pseudo-terminal. A screen stands in the page as
//
//     <!-- screen 76x12 until /… 3 records/: leat 'words | countByValue' -->
//     ```text
//     …
//     ```
//
// and is taken as soon as the terminal of that size shows what is waited for. Needs `script` of util-linux, and the command built.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import headless from '@xterm/headless';

const PAGE = 'docs/terminal.md';
const LEAT = resolve('bin/leat.js');
const MARK = /<!-- screen (\d+)x(\d+) until \/(.*?)\/: (.*?) -->\n```text\n[\s\S]*?```/g;

/** What the terminal shows when it first shows the pattern, or at the end of the command. */
function screenOf(command, columns, rows, pattern) {
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  const line = `stty cols ${columns} rows ${rows}; leat() { "${process.execPath}" "${LEAT}" "$@"; }; ${command}`;
  const env = {
    ...process.env,
    SHELL: '/bin/sh',
    TERM: 'xterm-256color',
    LC_ALL: 'C.UTF-8',
    NO_COLOR: '',
    FORCE_COLOR: '1',
    TZ: 'UTC',
  };
  const child = spawn('script', ['-qefc', line, '/dev/null'], { env });
  const lines = () => {
    const { active } = terminal.buffer;
    const all = Array.from({ length: rows }, (_, i) =>
      active
        .getLine(active.baseY + i)
        .translateToString(true)
        .trimEnd(),
    );
    while (all.at(-1) === '') all.pop();
    return all;
  };
  return new Promise((found) => {
    let taken;
    child.stdout.setEncoding('utf8').on('data', (text) => {
      terminal.write(text, () => {
        if (taken !== undefined || !pattern.test(lines().join('\n'))) return;
        taken = lines();
        child.stdin.write('\u0003');
      });
    });
    child.on('close', () => terminal.write('', () => found(taken ?? lines())));
  });
}

const page = readFileSync(PAGE, 'utf8');
let written = page;
for (const [block, columns, rows, pattern, command] of page.matchAll(MARK)) {
  const screen = await screenOf(command, Number(columns), Number(rows), new RegExp(pattern));
  const mark = block.slice(0, block.indexOf('\n'));
  written = written.replace(block, () => `${mark}\n\`\`\`text\n$ ${command}\n${screen.join('\n')}\n\`\`\``);
  process.stdout.write(`${command}\n${screen.join('\n')}\n\n`);
}
if (page.match(MARK) === null) throw new Error(`${PAGE} has no screens`);
writeFileSync(PAGE, written);
