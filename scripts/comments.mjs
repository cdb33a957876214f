// A plugin of esbuild that leaves the comments within functions and classes out of a bundle, which it would keep.
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { transform } from 'esbuild';

const known = new Map();

/** Each start reads them with the rest: they were a twelfth of the first script. It comes after all plugins that load a file in a way of their own. */
export const withoutComments = {
  name: 'without-comments',
  setup(build) {
    build.onLoad({ filter: /\.(?:[cm]?js|ts)$/, namespace: 'file' }, async ({ path }) => {
      if (!known.has(path)) known.set(path, await bare(path));
      return { contents: known.get(path), loader: 'js' };
    });
  },
};

async function bare(path) {
  const loader = extname(path) === '.ts' ? 'ts' : 'js';
  const { code } = await transform(await readFile(path, 'utf8'), { loader, minifyWhitespace: true, target: 'esnext' });
  return code;
}
