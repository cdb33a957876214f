// Bundles the library and the command, and compiles the command ahead, so that it starts fast.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import './build-kernel.mjs';
import { buildPage } from './build-page.mjs';
import { buildCommand, buildVersion, COMMON } from './command.mjs';
import { licencesOf } from './licences.mjs';
import { keepReachable } from './types.mjs';

rmSync('dist', { recursive: true, force: true });

// The library, and what the scripts ask.
const library = await build({
  ...COMMON,
  outdir: 'dist',
  entryPoints: { index: 'src/index.ts', reference: 'src/cli/reference.ts' },
  splitting: true,
  format: 'esm',
  // CommonJS packages in the bundle ask for Node's own modules by require.
  banner: {
    js: "import { createRequire as leatRequire } from 'node:module';\nconst require = leatRequire(import.meta.url);",
  },
});

const command = await buildCommand('dist');
await buildVersion('dist');
// Flags of the one who builds would be flags of what is compiled.
execFileSync(process.execPath, ['scripts/compile-ahead.cjs'], {
  input: 'a\n',
  env: { ...process.env, NODE_OPTIONS: '' },
});

const page = await buildPage('dist/web');

writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licencesOf(library.metafile, ...command, page.metafile));

execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
keepReachable('dist/types', 'index.d.ts');

// So that `npx leat` runs this checkout: npm links the commands of dependencies, not the package's own.
mkdirSync('node_modules/.bin', { recursive: true });
rmSync('node_modules/.bin/leat', { force: true });
symlinkSync('../../bin/leat.js', 'node_modules/.bin/leat');
