// Runs the built command and keeps what was compiled of it, for bin/start.js.
const { writeFileSync } = require('node:fs');
const { COMPILED, run, scriptOf } = require('../bin/start.js');

/** What most programs use; the rest is compiled when it is called. More than this, and every start is the slower for it. */
const PROGRAMS = [
  'words',
  `queue(['{"path": "/", "ms": 12.5}']) | json | filter(.ms > 10 && .path.startsWith("/")) | map({path: .path, s: .ms / 1000})
    | groupBy(.path, {n: count(), mean: avg(.s)}) | sortBy(-.n) | take(3)`,
];

async function compileAhead() {
  const script = scriptOf();
  const { command } = run(script.runInThisContext());
  for (const program of PROGRAMS) {
    process.argv = [process.execPath, 'leat', program];
    await command();
  }
  writeFileSync(COMPILED, script.createCachedData());
}

void compileAhead();
