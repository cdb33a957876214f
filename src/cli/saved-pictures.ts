import { accessSync, constants, renameSync, writeFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import type { RunFailure } from '../base/problem.ts';
import type { Drawing, PrintFormat } from '../flow/define/context.ts';
import { sinkFailure } from '../flow/output/failure.ts';
import type { Plan } from '../query/plan/plan.ts';
import type { Service } from '../run/serve/service.ts';
import { UsageError } from './usage-error.ts';

/** What `--save` asks for. @throws what {@link SavedPictures} does. */
export function openPictures(path: string, format: PrintFormat | undefined, plan: Plan): SavedPictures {
  // In the other formats a chart writes its records.
  const isForPeople = format === undefined || format === 'table' || format === 'text';
  return new SavedPictures(path, plan, !isForPeople);
}

/** Saves them. @param service what serves results, or keeps them for a page. @returns why it has failed, if it has. */
export async function savePictures(
  pictures: SavedPictures,
  service: Shown | undefined,
  note: (line: string) => void,
): Promise<RunFailure | undefined> {
  try {
    const hasDrawn = await pictures.write(service);
    if (!hasDrawn) note('nothing was drawn, so that there is nothing to --save');
    return undefined;
  } catch (error) {
    return pictures.failure(error);
  }
}

/** What results that are served look like at the end. */
type Shown = Pick<Service, 'savedPage' | 'pictures'>;

/** What is seen at the end of a run, on the screen or on its page, for a file: `--save`. */
export class SavedPictures {
  private readonly path: string;
  private readonly newest: ((() => Drawing) | undefined)[] = [];

  /** @throws UsageError where the program shows nothing, or the file is of no kind that can be written; RunFailure where its folder takes none. */
  constructor(path: string, plan: Plan, isForPrograms: boolean) {
    if (!['.svg', '.html'].includes(extname(path).toLowerCase())) {
      throw new UsageError(`--save ${path}: a picture is an .svg or .html file`);
    }
    const has = (what: 'draws' | 'serves') =>
      plan.nodes.some((node) => node.kind === 'sink' && node.definition[what] === true);
    if (!has('serves') && (isForPrograms || !has('draws'))) {
      const help = has('draws') ? 'leave --format out' : 'end it with `| chart`, or save its results as an .html page';
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
  async write(service: Shown | undefined): Promise<boolean> {
    const document = await this.document(service);
    if (document === undefined) return false;
    const temporary = `${this.path}.${process.pid}.tmp`;
    writeFileSync(temporary, document);
    renameSync(temporary, this.path);
    return true;
  }
  /** What stands in the file: the page of what is served, or pictures. */
  private async document(service: Shown | undefined): Promise<string | undefined> {
    const isPage = extname(this.path).toLowerCase() === '.html';
    if (isPage && service !== undefined) return service.savedPage();
    const drawn = this.newest.flatMap((draw) => (draw === undefined ? [] : [draw()]));
    const drawings = [...drawn, ...(service?.pictures() ?? [])];
    if (drawings.length === 0) return undefined;
    const { svgDocument, htmlDocument } = await import('../flow/svg/document.ts');
    return isPage ? htmlDocument(drawings) : svgDocument(drawings);
  }
}
