/** The command in a real pseudo-terminal, and what stands on its screen. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import headless from '@xterm/headless';
import { onTestFinished } from 'vitest';

const LEAT = resolve('bin/leat.js');

/** `script` of util-linux gives a command a pseudo-terminal; that of other systems takes other options. */
export const hasScript = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '');

export interface PseudoTerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: { readonly [name: string]: string };
}

export class PseudoTerminal {
  /** All that was written to it, escape sequences too. */
  written = '';
  /** Resolves with the exit code of the shell line. */
  readonly ended: Promise<number>;
  readonly folder = mkdtempSync(join(tmpdir(), 'leat-terminal-'));
  private readonly terminal: InstanceType<typeof headless.Terminal>;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly watchers = new Set<() => void>();
  private isOver = false;

  /** @param line of shell, in which `leat` is the command. */
  constructor(line: string, { columns = 80, rows = 24, env = {} }: PseudoTerminalOptions = {}) {
    this.terminal = new headless.Terminal({ cols: columns, rows, scrollback: 1000, allowProposedApi: true });
    const setUp = `stty cols ${columns} rows ${rows}; tty > ${this.folder}/tty; cd ${this.folder}`;
    const leat = `leat() { "${process.execPath}" "${LEAT}" "$@"; }`;
    this.child = spawn('script', ['-qefc', `${setUp}; ${leat}; ${line}`, '/dev/null'], {
      env: {
        ...process.env,
        SHELL: '/bin/sh',
        TERM: 'xterm-256color',
        LC_ALL: 'C.UTF-8',
        NO_COLOR: '1',
        TZ: 'UTC',
        ...env,
      },
    });
    this.child.stdin.on('error', () => {});
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.written += text;
      this.terminal.write(text, () => this.look());
    });
    this.ended = new Promise((done) => {
      this.child.on('close', (code) => {
        this.terminal.write('', () => {
          this.isOver = true;
          done(code ?? -1);
          this.look();
        });
      });
    });
    onTestFinished(() => {
      this.child.kill('SIGKILL');
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** The lines on the screen, without what is empty at their ends. */
  get screen(): readonly string[] {
    const { active } = this.terminal.buffer;
    const lines = Array.from({ length: this.terminal.rows }, (_, i) => lineAt(active, active.baseY + i));
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** The lines that were scrolled away. */
  get scrolledAway(): readonly string[] {
    const { active } = this.terminal.buffer;
    return Array.from({ length: active.baseY }, (_, i) => lineAt(active, i));
  }

  /** Types keys, which are lost where nobody is there any more. */
  type(keys: string): void {
    this.child.stdin.write(keys);
  }

  /** Makes the window another size, as dragging its corner does. */
  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    const device = readFileSync(join(this.folder, 'tty'), 'utf8').trim();
    const { status, stderr } = spawnSync('stty', ['-F', device, 'cols', String(columns), 'rows', String(rows)]);
    if (status !== 0) throw new Error(String(stderr));
  }

  /** Resolves when the screen has a match, lines joined by \n. Rejects if the command ends without one. */
  shows(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((found, failed) => {
      const look = () => {
        const match = pattern.exec(this.screen.join('\n'));
        if (match === null && !this.isOver) return;
        this.watchers.delete(look);
        if (match === null) failed(new Error(`ended without ${pattern}:\n${this.screen.join('\n')}`));
        else found(match);
      };
      this.watchers.add(look);
      look();
    });
  }

  private look(): void {
    for (const watcher of this.watchers) watcher();
  }
}

function lineAt(
  buffer: { getLine(y: number): { translateToString(trim: boolean): string } | undefined },
  y: number,
): string {
  return buffer.getLine(y)?.translateToString(true).trimEnd() ?? '';
}

/** Times, rates and the like, which differ from run to run, written as what they are. */
export function steady(lines: readonly string[]): readonly string[] {
  return lines.map((line) =>
    line
      .replace(/^\d\d:\d\d:\d\d(\.\d+)?/, 'TIME')
      .replace(/ {2}\S+ window \S+–\S+/, '')
      .replace(/ since \d\d:\d\d:\d\d(\.\d+)?/, ' since TIME')
      .replace(/[\d,]+\/s {2}[\d.]+k?b\/s( {2}lag \d+ms)?/, 'RATES')
      .replace(/127\.0\.0\.1[: ]\d+/g, 'ADDRESS'),
  );
}
