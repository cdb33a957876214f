import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import type { Listed } from '../files/listing.ts';
import { isParquet } from './names.ts';

/** Leaves out the files of Parquet that a glob matches beside texts, with a note: their rows are no lines. @throws RunFailure of exit 3 where there are no texts. */
export function withoutParquet(all: readonly Listed[], context: SourceContext): readonly Listed[] {
  const [first, ...more] = all.filter(({ path }) => isParquet(path));
  const texts = all.filter(({ path }) => !isParquet(path));
  const what = `${first!.path}${more.length === 0 ? '' : `, and ${more.length} more`}`;
  const help = `\`files("${first!.path.replace(/[^/]*$/, '')}*.parquet")\` reads files of Parquet, whose rows are records`;
  if (texts.length === 0) throw new RunFailure('no-texts', 3, `there are no texts, but ${what}`, help);
  context.note(`left out: ${what}: ${help}`);
  return texts;
}
