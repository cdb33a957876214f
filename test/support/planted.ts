import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect } from 'vitest';

/** A line of a file, and what is put in its place. */
export interface Fault {
  readonly file: string;
  readonly line: string;
  readonly planted: string;
}

/** A module of the tests over a program in which a line is another. @param entry its path. */
export async function moduleWith<T>(entry: string, { file, line, planted }: Fault): Promise<T> {
  const source = readFileSync(file, 'utf8');
  expect(source.split(line)).toHaveLength(2);
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    // Packages of CommonJS ask for Node's modules by `require`.
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom('/');" },
    // A module without a file has none of the places that are looked for beside it.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(resolve(entry)).href) },
    plugins: [
      {
        name: 'plant',
        setup(bundle) {
          bundle.onLoad({ filter: new RegExp(`${file.replaceAll('.', '\\.')}$`) }, () => ({
            contents: source.replace(line, () => planted),
            loader: 'ts',
          }));
        },
      },
    ],
  });
  const code = Buffer.from(outputFiles[0]!.contents).toString('base64');
  return (await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)) as T;
}
