// Bundles the command and the library, so that starting up reads few files; what is rarely needed is split off and loaded when used.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { build } from 'esbuild';
import './build-kernel.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: {
    leat: 'src/cli/main.ts',
    'part-worker': 'src/run/local/parts/part-worker.ts',
    index: 'src/index.ts',
    reference: 'src/cli/reference.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  // CommonJS packages in the bundle ask for Node's own modules by require.
  banner: {
    js: "import { createRequire as leatRequire } from 'node:module';\nconst require = leatRequire(import.meta.url);",
  },
  define: { LEAT_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
});
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });

// So that `npx leat` runs this checkout: npm links the commands of dependencies, not the package's own.
mkdirSync('node_modules/.bin', { recursive: true });
rmSync('node_modules/.bin/leat', { force: true });
symlinkSync('../../bin/leat.js', 'node_modules/.bin/leat');
