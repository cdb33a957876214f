// Which peers are there, and of which version.
import { execFileSync } from 'node:child_process';

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
  duckdb: ['--version'],
  rare: ['--version'],
};

/** Versions by name; undefined where the peer is absent. */
export function findPeers(env) {
  const versions = Object.entries(questions).map(([name, question]) => {
    try {
      const said = execFileSync(name, question, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      return [name, /\d+(?:\.\d+)+/.exec(said)?.[0] ?? 'of unknown version'];
    } catch {
      return [name, undefined];
    }
  });
  return { node: process.versions.node, ...Object.fromEntries(versions) };
}
