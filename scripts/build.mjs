// Bundles the command and the library, so that starting up reads few files; what is rarely needed is split off and loaded when used.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import './build-kernel.mjs';

const { version, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: { leat: 'src/cli/main.ts', index: 'src/index.ts', reference: 'src/cli/reference.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  // Needed by few programs: loaded from node_modules when used. The rest of our dependencies goes into the bundle, which starts faster.
  external: [],
  // CommonJS packages in the bundle ask for Node's own modules by require.
  banner: {
    js: "import { createRequire as leatRequire } from 'node:module';\nconst require = leatRequire(import.meta.url);",
  },
  define: { LEAT_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
});
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
