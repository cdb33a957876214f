// A plugin of esbuild for the catalog: in the command, each word is loaded when it is first asked for.
import { readFileSync } from 'node:fs';

/**
 * What the catalog imports of words, and the lines that list it. A program uses few of them, and reading, checking and running the others,
 * with all that they import, took a fifth of a start.
 */
const IMPORT = /^import \{ (.+) \} from '(\.\/(?:aggregates|functions|sinks|sources|stages)\/.+)';\n/gm;
const MEMBER = /^ {2}(?:(\w+): )?(\w+),$/gm;

export const wordsByNeed = {
  name: 'words-by-need',
  setup(build) {
    build.onLoad({ filter: /src[\\/]flow[\\/]catalog\.ts$/ }, ({ path }) => ({
      contents: byNeed(readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

/** The text of the catalog with a getter in the place of each word. */
function byNeed(catalog) {
  const places = new Map();
  const rest = catalog.replace(IMPORT, (_, names, file) => {
    for (const each of names.split(', ')) {
      const [name, local = name] = each.split(' as ');
      places.set(local, `require('${file}').${name}`);
    }
    return '';
  });
  return rest.replace(MEMBER, (line, name, local) => {
    const place = places.get(local);
    if (place === undefined) throw new Error(`the catalog lists what it does not import: ${line.trim()}`);
    return `  get ${name ?? local}() { return ${place}; },`;
  });
}
