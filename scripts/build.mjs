// Bundles the library and the command, and compiles the command ahead, so that it starts fast.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import './build-kernel.mjs';
import { buildPage } from './build-page.mjs';
import { wordsByNeed } from './by-need.mjs';
import { licencesOf } from './licences.mjs';
import { nodeModules } from './node-modules.mjs';
import { keepReachable } from './types.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
rmSync('dist', { recursive: true, force: true });

const common = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  logLevel: 'warning',
  metafile: true,
};

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
  },
};

// The library, and what the scripts ask.
const library = await build({
  ...common,
  entryPoints: { index: 'src/index.ts', reference: 'src/cli/reference.ts' },
  splitting: true,
  format: 'esm',
  // CommonJS packages in the bundle ask for Node's own modules by require.
  banner: {
    js: "import { createRequire as leatRequire } from 'node:module';\nconst require = leatRequire(import.meta.url);",
  },
});

// The command: a script, since Node cannot compile modules ahead. Both ways of bin/start.js to load it give the function around the
// bundle: as the value of the script, and as what a CommonJS module exports. Putting it around the text at each start took 2 ms.
const command = await build({
  ...common,
  entryPoints: { leat: 'src/cli/start.ts' },
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  plugins: [nodeModules, standIns, wordsByNeed],
  define: { LEAT_VERSION: JSON.stringify(version), 'import.meta.url': 'bundleUrl' },
  banner: {
    js: `(function (load) {
  if (typeof module === 'object') module.exports = load;
  return load;
})((function (module, exports, require, importFromStart, bundle) {
'use strict';
const bundleUrl = require('node:url').pathToFileURL(bundle).href;`,
  },
  footer: { js: '}));' },
});
// esbuild calls the function of each module by the name of its file. An object that begins with another key than all before it costs the
// engine more the more there are, 2 ms for ours, so they have one name.
// ASCII is read several times faster. What esbuild has left is in comments and in regular expressions.
const text = readFileSync('dist/leat.cjs', 'utf8');
writeFileSync(
  'dist/leat.cjs',
  text
    .replace(/(__(?:esm|commonJS)\(\{\s*(?:async )?)"[^"\n]+"\(/g, '$1module(')
    .replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
);
// Flags of the one who builds would be flags of what is compiled.
execFileSync(process.execPath, ['scripts/compile-ahead.cjs'], {
  input: 'a\n',
  env: { ...process.env, NODE_OPTIONS: '' },
});

const page = await buildPage('dist/web');

writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licencesOf(library.metafile, command.metafile, page.metafile));

execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
keepReachable('dist/types', 'index.d.ts');

// So that `npx leat` runs this checkout: npm links the commands of dependencies, not the package's own.
mkdirSync('node_modules/.bin', { recursive: true });
rmSync('node_modules/.bin/leat', { force: true });
symlinkSync('../../bin/leat.js', 'node_modules/.bin/leat');
