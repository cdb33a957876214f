#!/usr/bin/env node
// What an older Node can read as well: it would fail at the first thing that it does not know, with a trace of ours.
const { node } = process.versions;
const [major, minor] = node.split('.').map(Number);
if (major > 20 || (major === 20 && minor >= 19)) require('./start.js').run(process.argv);
else {
  console.error(`leat needs Node 20.19 or later, this is ${node}`);
  process.exitCode = 1;
}
