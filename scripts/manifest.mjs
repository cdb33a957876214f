// Makes package.json what is published while a package is made of this directory, and puts it back afterwards: npm runs it before and
// after, see "prepack" and "postpack". Whoever installs the package builds nothing, and everything that it needs is in the bundles.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const MANIFEST = 'package.json';
const OWN = 'package.json.own';

if (process.argv[2] === 'restore') {
  if (existsSync(OWN)) renameSync(OWN, MANIFEST);
} else {
  // One that was left behind is the real one.
  if (existsSync(OWN)) renameSync(OWN, MANIFEST);
  const text = readFileSync(MANIFEST, 'utf8');
  const { scripts: _scripts, dependencies: _bundled, devDependencies: _tools, ...published } = JSON.parse(text);
  writeFileSync(OWN, text);
  writeFileSync(MANIFEST, `${JSON.stringify(published, null, 2)}\n`);
}
