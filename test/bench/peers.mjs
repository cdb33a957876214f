// Which peers are there, and of which version.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What to ask each tool for its version; the first number with a dot in what it says is it. */
const questions = {
  mawk: ['-W', 'version'],
  gawk: ['--version'],
  jq: ['--version'],
  mlr: ['--version'],
  rg: ['--version'],
  grep: ['--version'],
  sort: ['--version'],
  agrind: ['--version'],
  rare: ['--version'],
};

/** Versions by name; undefined where the peer is absent. `folder` is where test/bench/peers.sh put things. */
export function findPeers(folder, env) {
  const versions = Object.entries(questions).map(([name, question]) => {
    try {
      const said = execFileSync(name, question, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      return [name, /\d+(?:\.\d+)+/.exec(said)?.[0] ?? 'of unknown version'];
    } catch {
      return [name, undefined];
    }
  });
  const manifest = join(folder, 'node_modules/@duckdb/node-api/package.json');
  const duckdb = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined;
  return { node: process.versions.node, ...Object.fromEntries(versions), duckdb };
}
