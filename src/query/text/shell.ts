/**
 * The stages that a command of the shell stands for, where one is written as a stage, `wc -l`; undefined for all else.
 *
 * @param name the first word.
 * @param rest what stands behind it, to the next `|`.
 */
export function stagesForCommand(name: string, rest: string): string | undefined {
  const words = rest.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  const flags = words.filter((word) => /^-[a-zA-Z]/.test(word)).join('');
  const others = words.filter((word) => !/^-[a-zA-Z]/.test(word)).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
  const path = others.at(-1);
  const count = /\d+/.exec(words.find((word) => /^-?n?\d+$/.test(word)) ?? '')?.[0];
  switch (name) {
    case 'cat':
    case 'zcat':
    case 'gzcat':
    case 'less':
    case 'more':
      return path !== undefined && isPath(path) ? `files(${JSON.stringify(path)})` : undefined;
    case 'tail':
      if (count !== undefined && !/f/i.test(flags)) return `last(${count})`;
      return path !== undefined && isPath(path) ? `tail(${JSON.stringify(path)})` : undefined;
    case 'head':
      return count === undefined ? undefined : `head(${count})`;
    case 'grep':
    case 'egrep':
    case 'rg':
      return others[0] === undefined || others[0] === '' ? undefined : stageForGrep(flags, others[0]);
    case 'wc':
      return flags.includes('l') ? 'count' : flags.includes('w') ? 'words | count' : undefined;
    case 'uniq':
      return flags.includes('c') ? 'countByValue' : undefined;
    case 'sort': {
      const by = flags.includes('n') ? 'number(_)' : '_';
      return flags === '' ? undefined : `sortBy(${by}${flags.includes('r') ? ', desc: true' : ''})`;
    }
    default:
      return undefined;
  }
}

function isPath(word: string): boolean {
  return /^[\w~./*?@%+-]+$/.test(word) && /[./]/.test(word);
}

function stageForGrep(flags: string, wanted: string): string {
  const isPlain = /^[\w .:,-]*$/.test(wanted) && !flags.includes('i');
  const text = JSON.stringify(wanted);
  const pattern = `/${wanted.replaceAll('/', '\\/')}/${flags.includes('i') ? 'i' : ''}`;
  if (flags.includes('v')) return isPlain ? `filter(!_.includes(${text}))` : `filter(!${pattern}.test(_))`;
  const stage = `grep(${isPlain ? text : pattern})`;
  return flags.includes('c') ? `${stage} | count` : stage;
}
