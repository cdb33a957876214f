import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { expect, test } from 'vitest';

const LAYERS = ['base', 'flow', 'query', 'run', 'cli'];
const SOURCE = 'src';

/** Every file of src with the files it imports, types too, as paths from src. */
function importsByFile(): Map<string, string[]> {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path));
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(SOURCE, file), 'utf8');
      const imports = [...text.matchAll(/(?:from\s+|import\s*\(\s*|import\s+)'(\.[^']+)'/g)];
      return [file, imports.map(([, path]) => normalize(join(dirname(file), path!)))];
    }),
  );
}

const imports = importsByFile();

test('the sweep sees the house', () => {
  expect(imports.size).toBeGreaterThan(80);
  expect([...imports.values()].flat().length).toBeGreaterThan(200);
});

test('imports go down only, types too', () => {
  const upwards: string[] = [];
  for (const [file, targets] of imports) {
    const layer = LAYERS.indexOf(file.split(sep)[0]!);
    if (layer === -1) continue;
    for (const target of targets) {
      if (LAYERS.indexOf(target.split(sep)[0]!) > layer || !target.includes(sep))
        upwards.push(`${file} imports ${target}`);
    }
  }
  expect(upwards).toEqual([]);
});

test('there are no circles', () => {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file) || path.includes(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

test('there are no circles among rooms: what a room stands on does not stand on it', () => {
  const rooms = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const room = dirname(file);
    for (const target of targets.map(dirname)) {
      if (target !== room) rooms.set(room, (rooms.get(room) ?? new Set()).add(target));
    }
  }
  const reach = (from: string, seen = new Set<string>()): Set<string> => {
    for (const to of rooms.get(from) ?? []) if (!seen.has(to)) reach(to, seen.add(to));
    return seen;
  };
  expect(rooms.size).toBeGreaterThan(45);
  expect([...rooms.keys()].filter((room) => reach(room).has(room))).toEqual([]);
});

test('nothing inside is a barrel: only the doors of the house and of the kernel hand on what others define', () => {
  const doors = ['index.ts', join('kernel', 'index.ts')];
  const barrels = [...imports.keys()].filter(
    (file) => !doors.includes(file) && /^export (\*|\{[^}]*\}) from/m.test(readFileSync(join(SOURCE, file), 'utf8')),
  );
  expect(barrels).toEqual([]);
});

test('only the clock reads the clock', () => {
  const readers = [...imports.keys()].filter((file) =>
    /Date\.now\(\)|performance\.now\(\)|new Date\(\)/.test(readFileSync(join(SOURCE, file), 'utf8')),
  );
  expect(readers).toEqual([join('base', 'clock.ts')]);
});

test('no text becomes code', () => {
  const evaluators = [...imports.keys()].filter((file) =>
    /\beval\(|new Function\(|\bFunction\(|from 'node:vm'/.test(readFileSync(join(SOURCE, file), 'utf8')),
  );
  // The engine's watchdog goes by a script; its text is fixed, and there is one.
  const watchdog = join('flow', 'pattern', 'watched.ts');
  expect(evaluators).toEqual([watchdog]);
  const scripts = readFileSync(join(SOURCE, watchdog), 'utf8').match(/new Script\(.*\)|(?:run|compile)\w*\([^)]*\)/g);
  expect(scripts).toEqual(["new Script('place.run()')", 'runInContext(context, { timeout: LONGEST_MATCH })']);
});

test('standard error has one door, which makes what goes out safe for a terminal', () => {
  const doors = [join('cli', 'streams', 'door.ts'), join('cli', 'streams', 'leave.ts')];
  const others = [...imports.keys()].filter(
    (file) =>
      !doors.includes(file) &&
      /process\.stderr\.write|console\.(error|warn|log)/.test(readFileSync(join(SOURCE, file), 'utf8')),
  );
  expect(others).toEqual([]);
});

test('the folders of words hold words and nothing else, each file called like the word it defines or by the kind of several', () => {
  const WORDS = /^flow\/(sources|stages|aggregates|functions|sinks)\//;
  /** Files of several words: of one table, or of one state. */
  const FAMILIES = ['frequencies', 'percentiles', 'stddev'];
  const strangers: string[] = [];
  for (const file of imports.keys()) {
    const kind = WORDS.exec(file.split(sep).join('/'))?.[1];
    if (kind === undefined) continue;
    const name = file.slice(file.lastIndexOf(sep) + 1, -'.ts'.length);
    const text = readFileSync(join(SOURCE, file), 'utf8');
    const isWord =
      kind === 'functions' || FAMILIES.includes(name)
        ? /\bdefine\w+\(/.test(text)
        : new RegExp(`\\bdefine\\w+\\(\\{\\s*name: '${name}'`).test(text);
    if (!isWord || file.split(sep).length !== 3) strangers.push(file);
  }
  expect(strangers).toEqual([]);
});
