import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { commandWord } from '../../src/cli/service/unit.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { tries } from '../support/effort.ts';
import { Leat } from './harness.ts';

/** What systemd makes of command lines; undefined where a machine has none, or no Python. */
function systemdWords(lines: readonly string[]): readonly (readonly string[])[] | undefined {
  const input = lines.map((line) => `${Buffer.from(line).toString('hex')}\n`).join('');
  const { status, stdout } = spawnSync('python3', ['test/support/systemd-words.py'], { input, encoding: 'utf8' });
  if (status !== 0) return undefined;
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as readonly string[]);
}

/** Whether a service may start this checkout: others may go through all directories to it, and to Node. */
const isOpen = [process.execPath, resolve('bin/leat.js')].every(function mayEnter(path): boolean {
  return path === dirname(path) || ((statSync(path).mode & 1) === 1 && mayEnter(dirname(path)));
});

const hasSystemd = systemdWords(['a']) !== undefined;
const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;

function service(...args: readonly string[]) {
  return new Leat(['service', ...args], temporaryDirectory()).ended;
}

/** The value of a setting of a unit; undefined where it has none. */
function setting(unit: string, name: string): string | undefined {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];
}

const PROGRAM = 'tail("/var/log/app.log") | words | countByValue | running';

test.skipIf(!isOpen)(
  'the unit runs the program with a checkpoint, as a user of its own, and ends it politely',
  async () => {
    const { stdout, stderr, code } = await service(PROGRAM, '--name', 'paths', '--batch', '5s', '-q');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(setting(stdout, 'ExecStart')).toBe(
      `${process.execPath} ${resolve('bin/leat.js')} --checkpoint /var/lib/leat-paths/checkpoint --batch 5s -q -- "tail(\\"/var/log/app.log\\") | words | countByValue | running"`,
    );
    expect(stdout).toMatch(/^DynamicUser=yes$/m);
    expect(setting(stdout, 'StateDirectory')).toBe('leat-paths');
    // A wrong program (2) is as wrong the next time; SIGTERM (143) is no failure.
    expect(setting(stdout, 'Restart')).toBe('on-failure');
    expect(setting(stdout, 'RestartPreventExitStatus')).toBe('2');
    expect(setting(stdout, 'SuccessExitStatus')?.split(' ')).toContain('143');
    expect(Number(setting(stdout, 'TimeoutStopSec'))).toBeGreaterThanOrEqual(10);
    expect(setting(stdout, 'WantedBy')).toBe('multi-user.target');
  },
);

test('a program in a file becomes part of the unit, with its line ends', async () => {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'p.leat'), 'tail("/var/log/app.log")\n| filter(_ != "100% of $HOME")\n');
  const { stdout } = await new Leat(['service', '-f', 'p.leat', '--name=p', '--user', 'daemon'], folder).ended;
  expect(setting(stdout, 'ExecStart')).toMatch(/ -- "tail\(.*\)\\n\| filter\(_ != \\"100%% of \$\$HOME\\"\)\\n"$/);
  expect(setting(stdout, 'ExecStart')).not.toContain('p.leat');
});

test.each([
  [['words', '--name', 'a'], 'a service has no standard input', 'tail('],
  [[PROGRAM], 'a service has a name', '--name'],
  [[PROGRAM, '--name', 'a b'], 'letters, digits', 'paths.service'],
  [[PROGRAM, '--name', 'a', '--user', 'a b'], '--user takes the name', ''],
  [['files("/var/log/a.log") | words', '--name', 'a'], 'a service does not end, and files does', 'tail('],
  [['tail("a.log") | words', '--name', 'a'], 'found the path a.log', 'write all of it: /'],
  [['tail("/tmp/a.log") | words', '--name', 'a'], 'a /tmp of its own', 'another directory'],
  [[PROGRAM, '--name', 'a', '--checkpoint', 'kept'], 'found the path kept', 'write all of it: /'],
  [[`${PROGRAM} | append("/srv/n.csv")`, '--name', 'a'], 'may write to /var/lib/leat-a alone', '--user NAME'],
  [[PROGRAM, '--name', 'a', '--bad', '/srv/bad.jsonl'], 'to write to /srv', '--user NAME'],
  [
    [`${PROGRAM} | append("/no/such/n.csv")`, '--name', 'a', '--user', 'daemon'],
    'there is no /no/such',
    'install -d -o daemon',
  ],
  [['tail("/var/log/a.log") | wrds', '--name', 'a'], 'there is no stage `wrds`', 'words'],
])('service %j is refused', async (args, message, help) => {
  const { stdout, stderr, code } = await service(...args);
  expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
  expect(stderr).toContain(message);
  expect(stderr).toContain(help);
});

test.skipIf(!isOpen)(
  'what it writes to its own directory needs no other user, and elsewhere is opened for the user that is named',
  async () => {
    const own = await service(`${PROGRAM} | append("/var/lib/leat-a/out/n.csv")`, '--name', 'a');
    expect(own.stdout).not.toContain('ReadWritePaths');
    const other = await service(`${PROGRAM} | append("/var/n.csv")`, '--name', 'a', '--user', 'daemon');
    expect(setting(other.stdout, 'ReadWritePaths')).toBe('/var');
    expect(setting(other.stdout, 'User')).toBe('daemon');
    expect(other.stdout).not.toContain('DynamicUser');
  },
);

// Who is no root cannot give files to others.
describe.skipIf(!isOpen || process.getuid?.() !== 0)('what is not for everybody to read', () => {
  const folder = mkdtempSync('/var/leat-service-');
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (name: string, mode: number) => {
    const path = join(folder, name);
    writeFileSync(path, 'a\n');
    chownSync(path, 0, 4);
    chmodSync(path, mode);
    return path;
  };
  chmodSync(folder, 0o755);

  test('is read as a member of the group that may', async () => {
    file('a.log', 0o640);
    const path = file('b.log', 0o644);
    expect(setting((await service(`tail("${path}")`, '--name', 'a')).stdout, 'SupplementaryGroups')).toBeUndefined();
    const all = await service(`tail("${join(folder, '*.log')}")`, '--name', 'a');
    expect(setting(all.stdout, 'SupplementaryGroups')).toBe('adm');
  });

  test('is refused where it is its owner’s alone, unless the owner runs the service', async () => {
    const path = file('c.txt', 0o600);
    const refused = await service(`tail("${path}")`, '--name', 'a');
    expect(refused.stderr).toContain(`only its owner may read ${path}`);
    expect(refused.stderr).toContain('--user root');
    const owned = await service(`tail("${path}")`, '--name', 'a', '--user', 'root');
    expect(owned.code).toBe(0);
    mkdirSync(join(folder, 'closed'), { mode: 0o700 });
    const behind = await service(`tail("${join(folder, 'closed/a.log')}")`, '--name', 'a');
    expect(behind.stderr).toContain(`only its owner may read ${join(folder, 'closed')},`);
  });
});

const WORDS: readonly string[] = [
  '',
  'a b',
  '$HOME',
  '${HOME}',
  '$$',
  '%n',
  '%%',
  "it's",
  '"',
  '\\',
  'a\\',
  '\\n',
  '\n',
  '\t',
  '\u0001',
  ';',
  '#',
  'é😀',
  '\ufdd0',
];

test('words are quoted as the documentation of systemd has it', () => {
  expect(commandWord('--batch')).toBe('--batch');
  expect(commandWord('a "b" \\ $c %d\n\u0001')).toBe('"a \\"b\\" \\\\ $$c %%d\\n\\x01"');
});

test.skipIf(!hasSystemd)('systemd reads any word as it was', () => {
  const signs = fc.constantFrom(...'$%"\'\\;#{}()=|_. \t\n\r\u0001\u007f\u0085\u2028aé😀xn0'.match(/./gsu)!);
  const word = fc.oneof(
    fc.array(signs, { maxLength: 20 }).map((all) => all.join('')),
    fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
    fc.constantFrom(...WORDS),
  );
  const lists = fc.array(
    fc.array(word, { maxLength: 4 }).map((more) => ['leat', ...more]),
    { minLength: 200, maxLength: 200 },
  );
  fc.assert(
    fc.property(lists, (commands) => {
      expect(systemdWords(commands.map((words) => words.map(commandWord).join(' ')))).toEqual(commands);
    }),
    { numRuns: tries(5, 200), examples: [[[['leat', ...WORDS]]]] },
  );
});

test.skipIf(!hasSystemd)('what the unit starts is the program, and keeps it', async () => {
  const program = 'tail("/etc/passwd", from: "start") | map(line => "$HOME 100%: " + line)';
  const unit = await service(program, '--batch', '50ms', '--name', 'n', '--user', 'daemon');
  const [[, , ...args] = []] = systemdWords([setting(unit.stdout, 'ExecStart')!])!;
  const folder = temporaryDirectory();
  const leat = new Leat(
    args.map((arg) => (arg === '/var/lib/leat-n/checkpoint' ? 'kept' : arg)),
    folder,
  );
  await leat.said(/^\$HOME 100%: root:/m);
  leat.child.kill('SIGTERM');
  expect((await leat.ended).code).toBe(143);
  expect((await new Leat(['checkpoint', 'kept', '--verify'], folder).ended).stdout).toBe('kept is whole\n');
});

test.skipIf(!isOpen || !hasAnalyze)('systemd-analyze finds no fault with units', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leat-unit-'));
  const write = async (name: string, ...args: readonly string[]) => {
    const path = join(folder, `${name}.service`);
    writeFileSync(path, (await service(...args, '--name', name)).stdout);
    return path;
  };
  const paths = [
    await write('leat-plain', PROGRAM),
    await write('leat-odd', `tail("/var/log/app.log") | filter(_ != ${JSON.stringify(WORDS.join(' '))})`),
    await write('leat-user', `${PROGRAM} | append("/var/n.csv")`, '--user', 'daemon'),
  ];
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...paths], { encoding: 'utf8' });
  expect({ status, stderr: stderr.split('\n').filter((line) => line.includes('leat-')) }).toEqual({
    status: 0,
    stderr: [],
  });
  rmSync(folder, { recursive: true });
});

test('the program of the page on Kubernetes is one, and is started with options that there are', async () => {
  const page = readFileSync('docs/deploy.md', 'utf8');
  const [, indented] = /program\.leat: \|\n((?: {4}.*\n)+)/.exec(page)!;
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'program.leat'), indented!.replaceAll(/^ {4}/gm, ''));
  const [, list] = /args: (\[.*\])/.exec(page)!;
  const args = (JSON.parse(list!) as readonly string[]).map((arg) => arg.replace(/^\/(?:program|state)\b/, folder));
  const { stdout, stderr, code } = await new Leat(['explain', ...args], folder).ended;
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  expect(stdout).toContain('over a window of 1m');
});
