// A plugin of esbuild for how a bundle gets at the modules of Node, and at packages.
import { builtinModules, createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Loaded when one of their members is first used. Few programs need them, and together they take longer to load than all of ours. */
const WHEN_USED = [
  'child_process',
  'crypto',
  'dgram',
  'dns/promises',
  'fs/promises',
  'http',
  'net',
  'os',
  'tls',
  'tty',
  'v8',
  'worker_threads',
  'zlib',
];

/** Packages that are loaded when one of their functions is first called: what paints, measures or splits is not in each program. */
const PACKAGES = ['chalk', 'fast-string-width', 'split2'];

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
    build.onResolve({ filter: new RegExp(`^(${PACKAGES.join('|')})$`) }, ({ path, kind }) => {
      return kind === 'import-statement' ? { path, namespace: 'when-called', sideEffects: false } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: 'when-called' }, async ({ path }) => {
      return { contents: await whenCalled(path), resolveDir: import.meta.dirname };
    });
  },
};

/**
 * Members that are looked up where they are first asked for, and stay. What finds them is a prototype: members of its own esbuild would copy,
 * all of them for each module that imports some, and a getter for each of them would be made at every start.
 */
function whenUsed(name) {
  return `module.exports = Object.create(new Proxy({}, {
  get(_, member, asked) {
    // esbuild asks this of any module before it is used.
    if (member === '__esModule') return undefined;
    const value = process.getBuiltinModule('node:${name}')[member];
    Object.defineProperty(asked, member, { value });
    return value;
  },
}));\n`;
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

/** Functions that load the package and call the one of it, as functions or as classes. What is no function cannot be had this way. */
async function whenCalled(name) {
  const functions = Object.entries(await import(name)).filter(
    ([member, value]) => typeof value === 'function' && /^\w+$/.test(member),
  );
  const exported = functions.map(([member]) => {
    // A CommonJS package is its default export.
    const real = member === 'default' ? '(loaded().default ?? loaded())' : `loaded().${member}`;
    return `export ${member === 'default' ? 'default function' : `function ${member}`}(...given) {
  return new.target === undefined ? ${real}(...given) : new (${real})(...given);
}`;
  });
  return `let found;
const loaded = () => (found ??= require('${name}'));\n${exported.join('\n')}\n`;
}
