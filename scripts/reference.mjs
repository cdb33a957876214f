// Writes docs/reference and man/leat.1 from the catalog, and takes away pages that nothing makes any more.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reference } from '../dist/reference.js';

const FOLDER = 'docs/reference';
const pages = reference();
mkdirSync(FOLDER, { recursive: true });
for (const name of readdirSync(FOLDER)) if (!pages.has(name)) rmSync(join(FOLDER, name), { recursive: true });
for (const [name, text] of pages) writeFileSync(join(FOLDER, name), text);

mkdirSync('man', { recursive: true });
writeFileSync('man/leat.1', execFileSync(process.execPath, ['bin/leat.js', 'man', '--roff']));
