// Collects the licences of the packages that are in the bundles: their texts ask to travel with every copy.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Not a file of a bundle, but in it: what the kernel is compiled with puts parts of its library into it. */
const IN_THE_KERNEL = 'assemblyscript';

/** @param metafiles of esbuild. @returns one text. */
export function licencesOf(...metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs: used }) => Object.keys(used)),
  );
  const names = inputs.flatMap((path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  const packages = [...new Set([...names, IN_THE_KERNEL])].sort();
  return `These packages are in the files of this folder, in whole or in part.\n${packages.map(entry).join('')}`;
}

function entry(name) {
  const folder = join('node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .sort();
  if (files.length === 0) throw new Error(`${name} is bundled and has no licence to go with it`);
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `\n${'='.repeat(80)}\n${name} ${version} (${license})\n${'='.repeat(80)}\n\n${texts.join('\n\n')}\n`;
}
