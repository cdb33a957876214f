// Runs the built command and keeps what was compiled of its scripts, for bin/start.js.
const { writeFileSync } = require('node:fs');
const { FIRST, REST, compiledOf, scriptOf, start } = require('../bin/start.js');

/** What most programs use; the rest is compiled when it is called. More than this, and every start is the slower for it. */
const OFTEN = [
  ['words'],
  ['files("package.json") | words'],
  [
    `queue(['{"path": "/", "ms": 12.5}']) | json | filter(.ms > 10 && .path.startsWith("/")) | map({path: .path, s: .ms / 1000})
      | groupBy(.path, {n: count(), mean: avg(.s)}) | sortBy(-.n) | take(3)`,
  ],
];

/** What is asked of the rest most often. */
const AT_TIMES = [['help', 'words']];

async function compileAhead() {
  const scripts = {};
  const { command } = start((name) => {
    scripts[name] = scriptOf(name);
    return scripts[name].runInThisContext();
  });
  const keepAfter = async (name, runs) => {
    for (const args of runs) {
      process.argv = [process.execPath, 'leat', ...args];
      await command();
    }
    writeFileSync(compiledOf(name), scripts[name].createCachedData());
  };
  await keepAfter(FIRST, OFTEN);
  await keepAfter(REST, AT_TIMES);
}

void compileAhead();
