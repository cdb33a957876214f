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
  const file = (operand = others.find(isPath)) =>
    operand !== undefined && isPath(operand) ? `files(${JSON.stringify(operand)}) | ` : '';
  const count = /\d+/.exec(words.find((word) => /^-?n?\d+$/.test(word)) ?? '')?.[0];
  switch (name) {
    case 'cat':
    case 'zcat':
    case 'gzcat':
    case 'less':
    case 'more':
      return path !== undefined && isPath(path) ? `files(${JSON.stringify(path)})` : undefined;
    case 'tail':
      if (count !== undefined && !/f/i.test(flags)) return `${file()}last(${count})`;
      return path !== undefined && isPath(path) ? `tail(${JSON.stringify(path)})` : undefined;
    case 'head':
      return count === undefined ? undefined : `${file()}head(${count})`;
    case 'grep':
    case 'egrep':
    case 'rg':
      if (others[0] === undefined || others[0] === '') return undefined;
      return `${file(others[1] ?? '')}${stageForGrep(flags, others[0])}`;
    case 'wc':
      if (!/[lw]/.test(flags)) return undefined;
      return `${file()}${flags.includes('l') ? 'count' : 'words | count'}`;
    case 'uniq':
      return flags.includes('c') ? `${file()}countByValue` : undefined;
    case 'sort': {
      if (flags === '' || flags.includes('t')) return undefined;
      const column = /-\w*k *(\d+)/.exec(rest)?.[1];
      const by = column === undefined ? '_' : `_.split(/\\s+/)[${Number(column) - 1}]`;
      const order = flags.includes('r') ? ', desc: true' : '';
      return `${file()}sortBy(${flags.includes('n') ? `number(${by})` : by}${order})`;
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
