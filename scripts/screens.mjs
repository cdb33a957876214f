// Writes the screens in the pages below from real runs in a pseudo-terminal. A screen stands in a page as
//
//     <!-- screen 76x12 until /… 3 records/: leat 'words | countByValue' -->
//     ```text
//     …
//     ```
//
// and is taken as soon as the terminal of that size shows what is waited for. The commands run in a folder where app.log (JSON), access.log
// (combined format) and plain.log grow. With --check nothing is written, and it fails where a page shows something else but for times,
// numbers and drawings. Needs `script` of util-linux, and the command built.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import headless from '@xterm/headless';

const PAGES = ['README.md', 'docs/tutorial.md', 'docs/terminal.md'];
const LEAT = resolve('bin/leat.js');
const MARK = /<!-- screen (\d+)x(\d+) until \/(.*?)\/: (.*?) -->\n```text\n[\s\S]*?```/g;

/** What the terminal shows when it first shows the pattern, or at the end of the command. */
function screenOf(command, columns, rows, pattern, folder) {
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
  const child = spawn('script', ['-qefc', line, '/dev/null'], { env, cwd: folder });
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

const SERVICES = ['web', 'api', 'auth'];
const PATHS = ['/', '/cart', '/items/7', '/login'];

/** Logs that grow as long as it is not called off. @returns how to call it off. */
function growLogs(folder) {
  let count = 0;
  const write = () => {
    const logs = { app: '', access: '', plain: '' };
    for (let i = 0; i < 8; i++) {
      const n = count++;
      const [service, path] = [SERVICES[((n * n) % 7) % 3], PATHS[((n * n) % 13) % 4]];
      const ms = ((n * n) % 211) + 3;
      const status = n % 40 === 7 ? 500 : n % 20 === 3 ? 404 : 200;
      const time = new Date();
      const day = `${time.toISOString().slice(8, 10)}/${time.toUTCString().slice(8, 16).replace(' ', '/')}`;
      logs.app += `${JSON.stringify({ time: time.toISOString(), service, path, status, ms })}\n`;
      logs.access += `10.0.0.${n % 9} - - [${day}:${time.toISOString().slice(11, 19)} +0000] "GET ${path} HTTP/1.1" ${status} ${ms * 20} "-" "-"\n`;
      logs.plain += `${time.toISOString()} ${status === 500 ? 'ERROR' : 'INFO'} [${service}] ${path} took ${ms}ms\n`;
    }
    for (const [name, text] of Object.entries(logs)) appendFileSync(join(folder, `${name}.log`), text);
  };
  write();
  const timer = setInterval(write, 50);
  return () => clearInterval(timer);
}

/** What of a screen is the same in every run: not the times, numbers, widths and drawings. */
function shapeOf(screen) {
  return screen
    .split('\n')
    .filter((line) => !line.includes('│'))
    .map((line) =>
      line
        .replace(/ {2}lag \S+/, '')
        .replace(/[█▏▎▍▌▋▊▉▁▂▃▄▅▆▇]+/g, '█')
        .replace(/\d[\d.,:]*/g, '0')
        .replace(/\d+(m?s|k?b)\b/g, '0')
        .replace(/[ █]+/g, ' ')
        .trim(),
    )
    .join('\n');
}

const isCheck = process.argv.includes('--check');
const folder = mkdtempSync(join(tmpdir(), 'leat-screens-'));
const stop = growLogs(folder);
for (const name of PAGES) {
  const page = readFileSync(name, 'utf8');
  let written = page;
  for (const [block, columns, rows, pattern, command] of page.matchAll(MARK)) {
    const screen = await screenOf(command, Number(columns), Number(rows), new RegExp(pattern), folder);
    const mark = block.slice(0, block.indexOf('\n'));
    const shown = `${mark}\n\`\`\`text\n$ ${command}\n${screen.join('\n')}\n\`\`\``;
    written = written.replace(block, () => shown);
    if (!isCheck) process.stdout.write(`${command}\n${screen.join('\n')}\n\n`);
    else if (shapeOf(shown) !== shapeOf(block)) {
      process.exitCode = 1;
      process.stdout.write(`${name} shows\n${block}\nbut it is\n${shown}\n`);
    }
  }
  if (page.match(MARK) === null) throw new Error(`${name} has no screens`);
  if (!isCheck) writeFileSync(name, written);
}
stop();
rmSync(folder, { recursive: true });
