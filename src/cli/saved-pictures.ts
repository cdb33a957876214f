import { accessSync, constants, renameSync, writeFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import type { RunFailure } from '../base/problem.ts';
import type { Drawing } from '../flow/define/context.ts';
import { sinkFailure } from '../flow/output/failure.ts';
import type { Plan } from '../query/plan/plan.ts';
import type { RunFlags } from './options.ts';
import { UsageError } from './usage-error.ts';

/** What `--save` asks for; undefined where it was not given. @throws what {@link SavedPictures} does. */
export function openPictures(
  { save, format }: Pick<RunFlags, 'save' | 'format'>,
  plan: Plan,
): SavedPictures | undefined {
  if (save === undefined) return undefined;
  // In the other formats a chart writes its records.
  const isForPeople = format === undefined || format === 'table' || format === 'text';
  return new SavedPictures(save, plan, !isForPeople);
}

/** Saves them, where that is wanted. @returns why it has failed, if it has. */
export async function savePictures(
  pictures: SavedPictures | undefined,
  note: (line: string) => void,
): Promise<RunFailure | undefined> {
  try {
    const hasDrawn = (await pictures?.write()) ?? true;
    if (!hasDrawn) note('nothing was drawn, so that there is nothing to --save');
    return undefined;
  } catch (error) {
    return pictures?.failure(error);
  }
}

/** What is drawn on the screen at the end of a run, for a file: `--save`. */
export class SavedPictures {
  private readonly path: string;
  private readonly newest: ((() => Drawing) | undefined)[] = [];

  /** @throws UsageError where the program draws nothing, or the file is of no kind that can be written; RunFailure where its folder takes none. */
  constructor(path: string, plan: Plan, isForPrograms: boolean) {
    if (!['.svg', '.html'].includes(extname(path).toLowerCase())) {
      throw new UsageError(`--save ${path}: a picture is an .svg or .html file`);
    }
    const draws = plan.nodes.some((node) => node.kind === 'sink' && node.definition.draws === true);
    if (!draws || isForPrograms) {
      const help = draws ? 'leave --format out' : 'end it with `| chart`';
      throw new UsageError(`--save ${path}: the program draws nothing: ${help}`);
    }
    this.path = path;
    try {
      accessSync(dirname(path), constants.W_OK);
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** What an error of the system means for the run. */
  failure(error: unknown): RunFailure {
    return sinkFailure(`--save ${this.path}`, error);
  }

  /** A place for the picture of one more sink, below those before. */
  open(): (draw: () => Drawing) => void {
    const index = this.newest.push(undefined) - 1;
    return (draw) => {
      this.newest[index] = draw;
    };
  }

  /** Writes the file, whole or not at all. @returns false where there was nothing to draw. @throws the system's error. */
  async write(): Promise<boolean> {
    const drawings = this.newest.flatMap((draw) => (draw === undefined ? [] : [draw()]));
    if (drawings.length === 0) return false;
    const { svgDocument, htmlDocument } = await import('../flow/svg/document.ts');
    const document = extname(this.path).toLowerCase() === '.svg' ? svgDocument(drawings) : htmlDocument(drawings);
    const temporary = `${this.path}.${process.pid}.tmp`;
    writeFileSync(temporary, document);
    renameSync(temporary, this.path);
    return true;
  }
}
