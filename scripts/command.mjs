// Bundles the command as two scripts: the first is what each run reads, the rest is read when something of it is first asked for.
// The version has a small one of its own.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { CALLED, CALLED_IN_REST, loadedByCalls, OFTEN, wordsByNeed } from './by-need.mjs';
import { withoutComments } from './comments.mjs';
import { nodeModules } from './node-modules.mjs';
import { inOther, OTHER } from './other-script.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** What all bundles have in common. */
export const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  logLevel: 'warning',
  metafile: true,
};

const COMMANDER = /[\\/]commander(?:[\\/]lib)?$/;

const standIns = {
  name: 'stand-ins',
  setup(build) {
    // A script that was compiled ahead cannot import; see src/cli/import-module.ts.
    build.onLoad({ filter: /import-module\.ts$/ }, () => ({
      contents: 'export const importModule = importFromStart;',
    }));
    // Chalk loads half of Node's network to ask what we ask ourselves, in src/cli/streams/paint.ts.
    build.onResolve({ filter: /^#supports-color$/ }, ({ path }) => ({ path, namespace: 'stand-in' }));
    build.onLoad({ filter: /.*/, namespace: 'stand-in' }, () => ({ contents: 'export default {};' }));
    // Commander asks for what formats help at each start, and few runs tell help.
    build.onResolve({ filter: /^\.\/(?:lib\/)?help\.js$/ }, ({ path, resolveDir }) =>
      COMMANDER.test(resolveDir) ? { path: relative('.', join(resolveDir, path)), namespace: 'help' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'help' }, ({ path }) => ({
      contents: `let found;
const help = () => (found ??= require(${JSON.stringify(`./${path.replaceAll('\\', '/')}`)}));
exports.Help = function () { return new (help().Help)(); };
exports.stripColor = (text) => help().stripColor(text);`,
      resolveDir: '.',
    }));
  },
};

/**
 * A script, since Node cannot compile modules ahead. Both ways of bin/start.js to load it give the function around the bundle: as the value
 * of the script, and as what a CommonJS module exports. Putting it around the text at each start took 2 ms.
 */
const SCRIPT = {
  format: 'cjs',
  write: false,
  define: { LEAT_VERSION: JSON.stringify(version), 'import.meta.url': 'bundleUrl' },
  banner: {
    js: `(function (load) {
  if (typeof module === 'object') module.exports = load;
  return load;
})((function (module, exports, require, importFromStart, bundle, fromOther) {
'use strict';
const bundleUrl = require('node:url').pathToFileURL(bundle).href;`,
  },
  footer: { js: '}));' },
};

/** Writes the script that tells the version. */
export async function buildVersion(folder) {
  const entryPoints = ['src/cli/tell-version.ts'];
  const { outputFiles } = await build({ ...COMMON, ...SCRIPT, entryPoints, plugins: [nodeModules, withoutComments] });
  writeFileSync(join(folder, 'leat-version.cjs'), inAscii(outputFiles[0].text));
}

/**
 * Writes the two scripts, which bin/start.js loads.
 *
 * @param folder where to.
 * @param changed what becomes of a text in which the function around each module still has the name of its file.
 * @returns esbuild's metafiles of both.
 */
export async function buildCommand(folder, changed = (text) => text) {
  const bundled = (entry, asked, ...own) => {
    const contents = `${entry}\nexport function moduleOf(itsPath) {\n  switch (itsPath) {\n${asked.map(branch).join('\n')}\n  }\n}`;
    const plugins = [nodeModules, standIns, ...own, withoutComments];
    return build({ ...COMMON, ...SCRIPT, stdin: { contents, resolveDir: '.' }, plugins });
  };
  const first = (asked, often) =>
    bundled(
      `export * from './src/cli/start.ts';`,
      asked,
      wordsByNeed,
      loadedByCalls(CALLED),
      inOther(({ path, isLazy }) => isLazy && !often.has(path), 'as a whole'),
    );
  // What is in the first script is known when it is made; what the rest asks of it, when that is.
  const alone = filesIn(await first([], OFTEN));
  const here = new Set(alone.own);
  const asked = new Set(alone.asked.filter((path) => !here.has(path)));
  for (;;) {
    const rest = await bundled(
      '',
      [...asked],
      loadedByCalls(CALLED_IN_REST),
      inOther(({ path }) => here.has(path)),
    );
    const whole = await first(filesIn(rest).asked, new Set([...here, ...OFTEN]));
    // What the rest asks of the first brings files there that ask for others.
    const more = filesIn(whole).asked.filter((path) => !here.has(path) && !asked.has(path));
    for (const path of more) asked.add(path);
    if (more.length === 0) return writeBoth(folder, whole, rest, changed);
  }
}

function writeBoth(folder, whole, rest, changed) {
  writeScript(join(folder, 'leat.cjs'), changed(whole.outputFiles[0].text));
  writeScript(join(folder, 'leat-rest.cjs'), changed(rest.outputFiles[0].text));
  return [whole.metafile, rest.metafile];
}

function branch(path) {
  return `case ${JSON.stringify(path)}: return require(${JSON.stringify(`./${path}`)});`;
}

/** @returns the files in a bundle, and those that it asks the other script for. */
function filesIn({ metafile }) {
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const isOther = (file) => file.startsWith(`${OTHER}:`);
  return {
    own: files.filter((file) => !isOther(file)),
    asked: files
      .filter(isOther)
      .map((file) => file.slice(OTHER.length + 1))
      .sort(),
  };
}

function writeScript(file, text) {
  writeFileSync(file, inAscii(exportsWhenAsked(withOneName(text))));
}

/**
 * esbuild calls the function of each module by the name of its file. An object that begins with another key than all before it costs the
 * engine more the more there are, 2 ms for ours, so they have one name.
 */
function withOneName(text) {
  return text.replace(/(__(?:esm|commonJS)\(\{\s*(?:async )?)"[^"\n]+"\(/g, '$1module(');
}

/** ASCII is read several times faster. What esbuild has left is in comments and in regular expressions. */
function inAscii(text) {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** How esbuild makes what a module exports to others that load it by need: at once, and with a getter for each name. */
const EXPORTS = /^var (\w+) = \{\};\n__export\(\1, \{\n((?: {2}\w+: \(\) => \w+,?\n)+)\}\);\n/gm;

/** Makes them where they are asked for, since most never are. Nothing changes what it exports once it is evaluated. */
function exportsWhenAsked(text) {
  const made = new Map();
  const [, ofScript] = /^module\.exports = __toCommonJS\((\w+)\);$/m.exec(text);
  const rest = text.replace(EXPORTS, (found, name, getters) => {
    if (name === ofScript) return found;
    made.set(name, `{\n${getters.replaceAll(': () => ', ': ')}}`);
    return '';
  });
  const names = [...made.keys()].join('|');
  // Behind import() there may be variables that are called as what is exported.
  const imported = new Set();
  const asked = rest
    .replace(new RegExp(`__toCommonJS\\((${names})\\)`, 'g'), (_, name) => made.get(name))
    .replace(new RegExp(`(?<=\\), )(${names})(?=\\))`, 'g'), (name) => {
      imported.add(name);
      return `${name}()`;
    });
  const left = new RegExp(`\\b(?:${names})\\b(?!\\(\\))`).exec(asked);
  if (left !== null) throw new Error(`${left[0]} is used in a way that is not known here`);
  const functions = [...imported].map((name) => `function ${name}() {\n  return ${made.get(name)};\n}\n`);
  return asked.replace(/^module\.exports = /m, (end) => functions.join('') + end);
}
