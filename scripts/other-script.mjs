// A plugin of esbuild for one of the two scripts of the command: what it asks the other one for.
import { relative, sep } from 'node:path';
import { build as bundle } from 'esbuild';

/** Of this namespace are files that are in the other script. */
export const OTHER = 'other';

const ASKED = 'asked';

/** Ways to import that load a file when they come to it. */
const LAZY = ['require-call', 'dynamic-import'];

/**
 * @param isOther which files are in the other script; `isLazy` where this one asks for a file by need.
 * @param manner 'as a whole' where nothing is imported of them but by need.
 */
export function inOther(isOther, manner) {
  return {
    name: 'in-other',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        const file = args.kind === 'entry-point' ? undefined : await fileOf(build, args);
        if (file === undefined) return undefined;
        const isLazy = LAZY.includes(args.kind) && file.startsWith('src/');
        return isOther({ path: file, isLazy }) ? { path: file, namespace: OTHER } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: OTHER }, async ({ path }) => {
        return { contents: shown(path, manner === 'as a whole' ? [] : await exportsOf(path)) };
      });
    },
  };
}

/** Constants, as there is nothing in the project that changes what it exports; of a CommonJS package what it exports as a whole. */
function shown(path, names) {
  const module = `fromOther(${JSON.stringify(path)})`;
  if (names.length === 0) return `module.exports = ${module};`;
  // Some are words that no constant can be called.
  const constants = names.map((name) => `const its_${name} = /* @__PURE__ */ member('${name}');`);
  const exported = names.map((name) => `its_${name} as ${name}`);
  return `const found = ${module};
const member = (name) => found[name];
${constants.join('\n')}
export { ${exported.join(', ')} };
`;
}

/** @param args of esbuild's onResolve. @returns the path of the file that is imported; undefined where it is none that is bundled. */
export async function fileOf(build, { path, pluginData, ...from }) {
  // What is asked here comes by again.
  if (pluginData === ASKED) return undefined;
  const { errors, namespace, external, path: found } = await build.resolve(path, { ...from, pluginData: ASKED });
  if (errors.length > 0 || namespace !== 'file' || external) return undefined;
  return relative('.', found).split(sep).join('/');
}

/** @returns the names of what a file exports. */
export async function exportsOf(path) {
  const { metafile } = await bundle({ entryPoints: [path], format: 'esm', outdir: '.', write: false, metafile: true });
  return Object.values(metafile.outputs)[0].exports;
}
