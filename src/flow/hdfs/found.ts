import type { Readable } from 'node:stream';
import { compareText } from '../../base/compare.ts';
import { patternOf } from '../files/globs.ts';
import type { PathPattern } from '../files/path-pattern.ts';
import { goneFailure, isMeant, type RemoteFile, type RemoteFiles } from '../remote/files.ts';
import { isMissing, mayPass, type WebHdfs } from './web-hdfs.ts';

/** The files of HDFS that a path, directory or glob stands for. A file is told by its number, which no other one gets. */
export class HdfsFiles implements RemoteFiles {
  readonly place = 'in HDFS';
  readonly mayPass = mayPass;
  private readonly hdfs: WebHdfs;
  private readonly pattern: PathPattern;

  constructor(hdfs: WebHdfs, path: string) {
    this.hdfs = hdfs;
    this.pattern = patternOf(path);
  }

  get text(): string {
    return this.pattern.text;
  }

  async find(): Promise<readonly RemoteFile[]> {
    const { base, isGlob, depth } = this.pattern;
    const status = await this.hdfs.status(base);
    if (status === undefined) return [];
    if (!status.isDirectory) return isGlob ? [] : [{ ...status, path: base, isNamed: true }];
    const found: RemoteFile[] = [];
    await this.walk(base.replace(/\/$/, ''), isGlob ? depth : 0, found);
    return found.sort((a, b) => compareText(a.path, b.path));
  }

  /** What is being written has no length yet, or another one at each look. */
  isWhole(before: RemoteFile | undefined, { id, length, changed }: RemoteFile): boolean {
    return length > 0 && before?.id === id && before.length === length && before.changed === changed;
  }

  async open({ path }: RemoteFile, offset: number, signal: AbortSignal): Promise<Readable> {
    return this.hdfs.open(path, offset, signal).catch((error: unknown) => {
      throw isMissing(error) ? goneFailure(path) : error;
    });
  }

  private async walk(directory: string, depth: number, found: RemoteFile[]): Promise<void> {
    for (const status of (await this.hdfs.list(directory === '' ? '/' : directory)) ?? []) {
      const path = `${directory}/${status.name}`;
      if (status.isDirectory) {
        if (depth > 0 && this.pattern.mayHold(path)) await this.walk(path, depth - 1, found);
      } else if (isMeant(this.pattern, path)) found.push({ ...status, path });
    }
  }
}
