// Compiles src/kernel to one WebAssembly module and puts it into a TypeScript file, so that it is bundled like everything else.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SOURCE = 'src/kernel';
const TARGET = 'src/flow/bytes/module.ts';

const sources = new Map(
  readdirSync(SOURCE)
    .sort()
    .map((name) => [name, readFileSync(join(SOURCE, name), 'utf8')]),
);
const hash = createHash('sha256').update(readFileSync('scripts/build-kernel.mjs'));
for (const [name, text] of sources) hash.update(name).update(text);
const stamp = `// Made by scripts/build-kernel.mjs from ${SOURCE}, ${hash.digest('hex').slice(0, 16)}.\n`;

/** The files that no other one imports: all that these export is offered. */
function entries(files) {
  const imported = new Set(
    [...files.values()].flatMap((text) => [...text.matchAll(/from '\.\/(.*)'/g)]).map(([, name]) => `${name}.ts`),
  );
  return [...files.keys()].filter((name) => !imported.has(name));
}

if (!existsSync(TARGET) || !readFileSync(TARGET, 'utf8').startsWith(stamp)) {
  // Loading the compiler takes longer than all the rest.
  const { default: asc } = await import('assemblyscript/asc');
  let wasm;
  const { error, stderr } = await asc.main(
    [
      ...entries(sources).map((name) => join(SOURCE, name)),
      ...['--outFile', 'kernel.wasm', '-O3', '--converge', '--noAssert', '--runtime', 'stub', '--enable', 'simd'],
      // Nothing is imported: where a kernel cannot go on, it traps.
      ...['--use', 'abort='],
    ],
    {
      writeFile(_name, contents) {
        wasm = contents;
      },
    },
  );
  if (error !== null) {
    process.stderr.write(`${stderr}${error.message}\n`);
    process.exit(1);
  }
  mkdirSync(dirname(TARGET), { recursive: true });
  writeFileSync(
    TARGET,
    `${stamp}/** The kernels as a WebAssembly module, in base64. */\nexport const MODULE =\n  '${Buffer.from(wasm).toString('base64')}';\n`,
  );
}
