import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { expect } from 'vitest';
import { temporaryDirectory } from './directory.ts';

/** A line of a file, and what is put in its place. */
export interface Fault {
  readonly file: string;
  readonly line: string;
  readonly planted: string;
}

/**
 * A module of the tests with all that it imports, in a file that is gone after the test. An address that has the code itself would stand in every line of every trace of a call.
 *
 * @param entry its path. @returns where it can be imported from.
 */
export async function bundled(entry: string, plugins: Plugin[] = []): Promise<URL> {
  // Such a folder is left to Node: of any other file Vitest makes a module of its own, with a map of its source, all of which it keeps: 150 MB a fault.
  const outfile = join(temporaryDirectory(), 'node_modules', 'bundle.mjs');
  await build({
    entryPoints: [entry],
    bundle: true,
    outfile,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    // Packages of CommonJS ask for Node's modules by `require`.
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom('/');" },
    // A module without a file has none of the places that are looked for beside it.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(resolve(entry)).href) },
    plugins,
  });
  return pathToFileURL(outfile);
}

/** A module of the tests over a program in which a line is another. @param entry its path. */
export async function moduleWith<T>(entry: string, { file, line, planted }: Fault): Promise<T> {
  const source = readFileSync(file, 'utf8');
  expect(source.split(line)).toHaveLength(2);
  const plant: Plugin = {
    name: 'plant',
    setup(bundle) {
      bundle.onLoad({ filter: new RegExp(`${file.replaceAll('.', '\\.')}$`) }, () => ({
        contents: source.replace(line, () => planted),
        loader: 'ts',
      }));
    },
  };
  return (await import(/* @vite-ignore */ (await bundled(entry, [plant])).href)) as T;
}
