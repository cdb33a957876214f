// Plugins of esbuild for what the command loads by need: each word when it is first asked for, and what few runs need from a second script.
import { existsSync, readFileSync } from 'node:fs';
import { exportsOf, fileOf } from './other-script.mjs';

/**
 * What is loaded by need and yet in the first script, since many runs need it. A word that is not here is in the second one, with all that
 * nothing here imports. Each start reads all of the first script, whatever the program uses of it.
 */
export const OFTEN = filesOf({
  cli: ['main', 'messages', 'options', 'run-command'],
  'query/text': ['parser'],
  'run/local/parts': ['part-worker'],
  'run/local/drivers': ['drive-bounded', 'drive-live', 'drive-parts'],
  'flow/sources': ['stdin', 'files', 'queue'],
  'flow/files': ['globs'],
  'flow/stages': [
    ...['json', 'csv', 'tsv', 'logfmt', 'clf', 'regex', 'words', 'lines'],
    ...['map', 'flatMap', 'filter', 'pick', 'drop', 'set', 'grep', 'split', 'head', 'mapValues'],
    ...['count', 'countByValue', 'countBy', 'reduce', 'reduceByKey', 'groupBy', 'aggregate'],
    ...['distinct', 'sort', 'sortBy', 'top', 'take', 'last', 'window', 'running'],
  ],
  'flow/aggregates': ['count', 'sum', 'min', 'max', 'avg', 'first', 'last', 'distinct', 'quantile', 'percentiles'],
  'flow/functions': ['values', 'text', 'numbers', 'time', 'urls', 'agents', 'methods-of-strings', 'methods-of-lists'],
  'flow/windows': ['windowed-groups', 'windowed-records', 'running'],
  'flow/pattern': ['read'],
  'flow/sinks': ['print', 'save', 'append', 'none'],
});

/**
 * Files of functions, and of classes that are only made, which a plain run does not come to though it imports them: they are loaded by the
 * first call. What is called for each record does not belong here.
 */
export const CALLED = filesOf({
  cli: ['messages', 'options', 'run-files', 'saved-pictures', 'serving', 'shell-hints', 'stats-report'],
  'cli/terminal': ['channel', 'screen', 'status-line', 'viewer'],
  base: ['code-frame', 'nearest'],
  'query/text': ['parser', 'sql', 'strays', 'address', 'foreign'],
  'query/plan/check': ['unknown-stage', 'without-key', 'rhythm', 'derived'],
  'query/plan/foreign': ['foreign-word'],
  'run/durable': ['found', 'lock', 'input-log'],
  'run/local/checkpoints': ['changed-program', 'checkpoints', 'go-on', 'kept-records', 'pause', 'refusal', 'telling'],
  'run/local/drivers': [
    'drive-cluster',
    'drive-dealt',
    'drive-lists',
    'drive-live',
    'drive-parts',
    'drive-recorded',
    'drive-replay',
  ],
  'run/local/notes': ['static-join'],
  'run/local/parts': ['collected', 'saved-behind'],
  'run/local/reading': ['recorder'],
  'run/local/steps': ['stage-meter'],
  'flow/analytics': ['analytic-step'],
  'flow/drivers': ['driver'],
  'flow/files': ['globs'],
  'flow/formats': ['flowing-table', 'live-table', 'separated', 'spark', 'pictures'],
  'flow/framing': ['packed-framer', 'pattern-framer'],
  'flow/hdfs': ['saved'],
  'flow/informing': ['informed-command', 'informed-url'],
  'flow/output': ['appended-files', 'keyed-sink', 'parted-sink', 'run-file', 'saved-by-name'],
  'flow/packings': ['start'],
  'flow/parquet': ['among-texts', 'library', 'parquet-sink', 'reading'],
  'flow/pattern': ['read'],
  'flow/processes': ['at-work'],
  'flow/s3': ['address', 'objects', 'saved'],
  'flow/state/encoding': ['decode', 'encode'],
  'flow/windows': ['event-windows', 'running', 'windowed-groups', 'windowed-records'],
  'flow/windows/sliding': ['pane-changes'],
  'flow/texts': ['agent-parts'],
});

/** The same of the second script: what only some of its words, options or commands come to. */
export const CALLED_IN_REST = filesOf({
  'cli/recipes': ['find-recipes'],
  'cli/words': ['search'],
});

/** @param rooms the names of files by their folder. @returns their paths. @throws where one is no longer there. */
function filesOf(rooms) {
  const paths = Object.entries(rooms).flatMap(([room, names]) => names.map((name) => `src/${room}/${name}.ts`));
  const gone = paths.filter((path) => !existsSync(path));
  if (gone.length > 0) throw new Error(`scripts/by-need.mjs lists what is not there: ${gone.join(', ')}`);
  return new Set(paths);
}

/** What the catalog imports of words, and the lines that list it. */
const IMPORT = /^import \{ (.+) \} from '(\.\/(?:aggregates|functions|sinks|sources|stages)\/.+)';\n/gm;
const MEMBER = /^ {2}(?:(\w+): )?(\w+),$/gm;

/**
 * The catalog with a getter in the place of each word. A program uses few of them, and reading, checking and running the others, with all
 * that they import, took a fifth of a start.
 */
export const wordsByNeed = {
  name: 'words-by-need',
  setup(build) {
    build.onLoad({ filter: /src[\\/]flow[\\/]catalog\.ts$/ }, ({ path }) => ({
      contents: byNeed(readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

/** Puts functions that load the file in the place of those of some files. */
export const loadedByCalls = (files) => ({
  name: 'loaded-by-calls',
  setup(build) {
    build.onResolve({ filter: /^\./ }, async (args) => {
      const file = args.kind === 'import-statement' ? await fileOf(build, args) : undefined;
      return files.has(file) ? { path: file, namespace: 'called' } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: 'called' }, async ({ path }) => {
      const functions = (await exportsOf(path)).map((name) => calling(path, name));
      const loaded = `let found;\nconst loaded = () => (found ??= require(${JSON.stringify(`./${path}`)}));\n`;
      return { contents: loaded + functions.join('\n'), resolveDir: '.' };
    });
  },
});

function calling(path, name) {
  const [, kind] =
    new RegExp(`^export (async function|function|class) ${name}\\b`, 'm').exec(readFileSync(path, 'utf8')) ?? [];
  if (kind === undefined) throw new Error(`${path} is to be loaded by calls, and ${name} cannot be called`);
  const made = kind === 'class' ? `new (loaded().${name})` : `loaded().${name}`;
  return `export function ${name}(...given) { return ${made}(...given); }`;
}

/** The text of the catalog with a getter in the place of each word. */
function byNeed(catalog) {
  const places = new Map();
  const rest = catalog.replace(IMPORT, (_, names, file) => {
    for (const each of names.split(', ')) {
      const [name, local = name] = each.split(' as ');
      places.set(local, `require('${file}').${name}`);
    }
    return '';
  });
  return rest.replace(MEMBER, (line, name, local) => {
    const place = places.get(local);
    if (place === undefined) throw new Error(`the catalog lists what it does not import: ${line.trim()}`);
    return `  get ${name ?? local}() { return ${place}; },`;
  });
}
