// What stands in docs/cookbook.md.

/** @typedef {{ title: string, lines: { tool: string | undefined, line: string }[], isCompared: boolean }} Question */

/** The blocks of a part of the page by their language, each as its lines. */
function blocksOf(text, language) {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, block]) =>
    block.split('\n').slice(0, -1),
  );
}

/** The commands of blocks that show what they write, without that. */
function commandsOf(text) {
  const commands = [];
  for (const line of blocksOf(text, 'console').flat()) {
    if (line.startsWith('$ ')) commands.push(line.slice(2));
    else if (line.startsWith('> ')) commands.push(`${commands.pop()}\n${line.slice(2)}`);
  }
  return commands;
}

/** Which tool a line is of. */
const toolOf = (line) => /\b(leat|jq|mlr|duckdb|agrind)\b/.exec(line)?.[1];

/**
 * The page: the commands that make the files, and for each question the lines that answer it, leat's first.
 *
 * @param {string} page
 * @returns {{ files: string[], questions: Question[] }}
 */
export function readPage(page) {
  const [intro, ...parts] = page.split(/^## /m);
  const questions = parts
    .filter((part) => /^\d/.test(part))
    .map((part) => {
      const [title] = part.split('\n', 1);
      const lines = [...commandsOf(part), ...blocksOf(part, 'sh').flat()].map((line) => ({ tool: toolOf(line), line }));
      // A picture is not compared, nor is what never ends.
      return { title, lines, isCompared: !/tail -f|chart\(/.test(lines[0].line) };
    });
  return { files: commandsOf(intro), questions };
}

/**
 * Whether no line of others is shorter than leat's.
 *
 * @param {Question} question
 */
export function isShortest({ lines: [own, ...others] }) {
  return others.every(({ line }) => own.line.length <= line.length);
}
