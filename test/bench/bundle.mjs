import { build } from 'esbuild';

/** Puts a script of the bench that imports leat's own modules into one file that Node runs. */
export function bundle(entry, outfile) {
  return build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    outfile,
    logLevel: 'error',
  });
}
