// Keeps of the declarations only those that the library's own lead to: the compiler writes one for every file.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** @param folder of the declarations. @param entry the one that is exported. */
export function keepReachable(folder, entry) {
  const reached = new Set();
  const visit = (path) => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const [, found] of readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*['"](\.[^'"]+)['"]/g)) {
      visit(resolve(dirname(path), found.replace(/\.[jt]s$/, '.d.ts')));
    }
  };
  visit(resolve(folder, entry));
  for (const name of readdirSync(folder, { recursive: true })) {
    const path = resolve(folder, name);
    if (name.endsWith('.d.ts') && !reached.has(path)) rmSync(path);
  }
  removeEmpty(folder);
  return [...reached].map((path) => relative(folder, path));
}

function removeEmpty(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmpty(join(folder, entry.name));
  }
  if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
}
