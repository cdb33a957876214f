// Loads the bundle of the command, with what the build has compiled of it: to compile it anew takes about 20 ms at each start.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const BUNDLE = join(__dirname, '../dist/leat.cjs');

/** Goes for one version of Node on one kind of machine. V8 looks at its own version and its flags besides, and takes no other. */
const COMPILED = join(__dirname, `../dist/leat-${process.version}-${process.platform}-${process.arch}.compiled`);

/** @returns what the bundle may be started as. */
function start() {
  const compiled = readCompiled();
  if (compiled !== undefined) return run(scriptOf(compiled).runInThisContext());
  // From 22.8 on, Node keeps by itself what it compiles from one start to the next.
  require('node:module').enableCompileCache?.();
  return run(require(BUNDLE));
}

function readCompiled() {
  try {
    return readFileSync(COMPILED);
  } catch {
    return undefined;
  }
}

/** The bundle as a script, which can be compiled ahead. Where `compiled` does not fit, it is compiled now. */
function scriptOf(compiled) {
  // The build has seen to it that there is nothing but ASCII, which is read several times faster.
  // Its name goes into what is compiled of it, which is to be the same wherever it is built.
  return new Script(readFileSync(BUNDLE, 'latin1'), { filename: 'leat.cjs', cachedData: compiled });
}

function run(load) {
  const bundle = { exports: {} };
  load(bundle, bundle.exports, require, (url) => import(url), BUNDLE);
  return bundle.exports;
}

module.exports = { COMPILED, run, scriptOf, start };
