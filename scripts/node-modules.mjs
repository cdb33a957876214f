// A plugin of esbuild for how a bundle gets at the modules of Node.
import { builtinModules, createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Loaded when one of their members is first used. Few programs need them, and together they take longer to load than all of ours. */
const WHEN_USED = ['child_process', 'crypto', 'fs/promises', 'net', 'os', 'tty', 'v8', 'worker_threads', 'zlib'];

export const nodeModules = {
  name: 'node-modules',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(node:)?(${builtinModules.join('|')})$`) }, ({ path, kind }) => {
      const name = path.replace('node:', '');
      if (WHEN_USED.includes(name)) return { path: name, namespace: 'when-used' };
      return kind === 'import-statement' ? { path: name, namespace: 'at-once', sideEffects: false } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: 'when-used' }, ({ path }) => ({ contents: whenUsed(path) }));
    build.onLoad({ filter: /.*/, namespace: 'at-once' }, ({ path }) => ({ contents: atOnce(path) }));
  },
};

/**
 * Getters, which stay getters when a module imports them. They stand in a prototype: members of its own esbuild would copy, all of them
 * for each module that imports some.
 */
function whenUsed(name) {
  const getters = Object.keys(require(name)).map((member) => `get ${member}() { return loaded().${member}; },`);
  return `let found;
const loaded = () => (found ??= process.getBuiltinModule('node:${name}'));
module.exports = Object.create({\n${getters.join('\n')}\n});\n`;
}

/** Constants, of which only those remain that are used: esbuild would make an object of all members for each module that imports some. */
function atOnce(name) {
  const constants = Object.keys(require(name)).map(
    (member) => `export const ${member} = /* @__PURE__ */ member('${member}');`,
  );
  return `const found = process.getBuiltinModule('node:${name}');
const member = (name) => found[name];
export default found;\n${constants.join('\n')}\n`;
}
