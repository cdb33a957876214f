// Loaded into the workers of leat in a test of kills (NODE_OPTIONS=--require): a worker that opens a file for which there is a gate, a file of the same name in the
// folder LEAT_TEST_GATES, says there whose it is, and waits until the gate is gone. So what is killed is certain to be in the middle of its work.
const fs = require('node:fs');
const { basename, join } = require('node:path');

const folder = process.env.LEAT_TEST_GATES;
const cell = new Int32Array(new SharedArrayBuffer(4));
const { openSync } = fs;

fs.openSync = (path, ...rest) => {
  const name = basename(String(path));
  const gate = join(folder, name);
  if (fs.existsSync(gate)) {
    const held = join(folder, `${name}.held`);
    fs.writeFileSync(`${held}.${process.pid}`, `${process.pid} ${process.ppid}`);
    fs.renameSync(`${held}.${process.pid}`, held);
    while (fs.existsSync(gate)) Atomics.wait(cell, 0, 0, 20);
  }
  return openSync(path, ...rest);
};
