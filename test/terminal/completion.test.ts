import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'vitest';
import { hasScript, PseudoTerminal } from './pseudo-terminal.ts';

/** How each shell is started without files of the user's, and told to complete `leat`. */
const SHELLS = {
  bash: { start: 'bash --norc --noprofile -i', load: 'source <(leat completion bash)' },
  zsh: { start: 'zsh -f -i', load: 'autoload -U compinit; compinit -D -u; source <(leat completion zsh)' },
  fish: { start: 'fish --no-config -i', load: 'leat completion fish | source' },
} as const;
type Shell = keyof typeof SHELLS;

const isThere = (shell: string) => spawnSync(shell, ['--version']).status === 0;

/** What a shell makes of a line and some keys, Tab unless given, in a folder with `app.log`. */
async function typed(shell: Shell, line: string, wanted: RegExp, keys = '\t'): Promise<RegExpExecArray> {
  const { start, load } = SHELLS[shell];
  const terminal = new PseudoTerminal(`PATH="$PWD:$PATH" exec ${start}`, { columns: 150, env: { PS1: '> ' } });
  const { folder } = terminal;
  writeFileSync(join(folder, 'leat'), `#!/bin/sh\nexec '${process.execPath}' '${resolve('bin/leat.js')}' "$@"\n`);
  chmodSync(join(folder, 'leat'), 0o755);
  writeFileSync(join(folder, 'app.log'), '{"service":"web","status":200}\n{"error":"full","status":500}\n');
  // The echo is what the shell writes when it has loaded it, not what is typed.
  terminal.type(`${load}; echo rea""dy\r`);
  await terminal.shows(/^ready/m);
  terminal.type(line);
  // The line is there before the key that completes it.
  await terminal.shows(new RegExp(line.trimEnd().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  terminal.type(keys);
  try {
    return await terminal.shows(wanted);
  } finally {
    terminal.type('\u0003\u0004');
  }
}

// Of these shells only bash is on every machine: the others are tried where they are installed.
describe.each(Object.keys(SHELLS) as Shell[])('%s', (shell) => {
  const inShell = test.skipIf(!hasScript || !isThere(shell));

  inShell('completes a stage inside the quotes', async () => {
    await typed(shell, "leat 'json | countByVal", /'json \| countByValue/);
  });

  inShell('completes a field of the file that the program names', async () => {
    await typed(shell, `leat 'files("app.log") | json | countBy(.se`, /countBy\(\.service/);
  });

  inShell('completes a field of the file that is redirected', async () => {
    await typed(shell, "leat < app.log 'json | countBy(.er", /countBy\(\.error/);
  });

  inShell('completes files inside the quotes', async () => {
    await typed(shell, `leat 'files("ap`, /files\("app\.log/);
  });
});

test.skipIf(!hasScript)('bash lists only the part that differs, at a second Tab', async () => {
  // The names stand at the start of their lines or behind others, and the line itself is written again below.
  await typed(
    'bash',
    "leat 'json | leftOuterJoin(x) | countBy",
    /^countBy\s+countBy(?:Key|Value)[\s\S]*> leat 'json \| leftOuterJoin\(x\) \| countBy$/m,
    '\t\t',
  );
});

describe.each(['zsh', 'fish'] as const)('%s', (shell) => {
  test.skipIf(!hasScript || !isThere(shell))('knows the file of the command before', async () => {
    await typed(shell, "tail -f app.log | leat 'json | countBy(.er", /countBy\(\.error/);
  });

  test.skipIf(!hasScript || !isThere(shell))('shows what the words are', async () => {
    await typed(shell, "leat 'json | count", /How many records there are/);
  });
});
