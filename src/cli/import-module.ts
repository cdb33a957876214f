/**
 * Loads a module of the user's. A script that was compiled ahead cannot import, so the build puts the `import` of bin/start.js in the
 * place of this file.
 */
export function importModule(url: string): Promise<Record<string, unknown>> {
  return import(url);
}
