// Loads the scripts of the command, with what the build has compiled of them: to compile them anew takes about 20 ms at each start.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

/** What each run reads, and what is read when something of it is first asked for: help, servers, words that few programs have. */
const FIRST = 'leat';
const REST = 'leat-rest';

/** What is read where nothing but the version is asked for, by installers and completions. */
const VERSION = 'leat-version';

/** Does what the command line says. @param args as in `process.argv`. */
function run(args) {
  const isVersion = args.length === 3 && ['-V', '--version'].includes(args[2]);
  return isVersion ? load(VERSION, evaluated).tellVersion() : start().command();
}

/** @param evaluate gives the value of a script. @returns what the command may be started as. */
function start(evaluate = evaluated) {
  let rest;
  const first = load(FIRST, evaluate, (file) => {
    rest ??= load(REST, evaluate, (shared) => first.moduleOf(shared));
    return rest.moduleOf(file);
  });
  return first;
}

function load(name, evaluate, fromOther) {
  const module = { exports: {} };
  evaluate(name)(module, module.exports, require, (url) => import(url), fileOf(name), fromOther);
  return module.exports;
}

function evaluated(name) {
  const compiled = readCompiled(name);
  if (compiled !== undefined) return scriptOf(name, compiled).runInThisContext();
  // From 22.8 on, Node keeps by itself what it compiles from one start to the next.
  require('node:module').enableCompileCache?.();
  return require(fileOf(name));
}

function readCompiled(name) {
  try {
    return readFileSync(compiledOf(name));
  } catch {
    return undefined;
  }
}

function fileOf(name) {
  return join(__dirname, `../dist/${name}.cjs`);
}

/** Goes for one version of Node on one kind of machine. V8 looks at its own version and its flags besides, and takes no other. */
function compiledOf(name) {
  return join(__dirname, `../dist/${name}-${process.version}-${process.platform}-${process.arch}.compiled`);
}

/** One of the scripts, which can be compiled ahead. Where `compiled` does not fit, it is compiled now. */
function scriptOf(name, compiled) {
  // The build has seen to it that there is nothing but ASCII, which is read several times faster.
  // Its name goes into what is compiled of it, which is to be the same wherever it is built.
  return new Script(readFileSync(fileOf(name), 'latin1'), { filename: `${name}.cjs`, cachedData: compiled });
}

module.exports = { FIRST, REST, compiledOf, run, scriptOf, start };
