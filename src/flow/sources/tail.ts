import { dirname } from 'node:path';
import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import { filePath, text } from '../define/parameters.ts';
import type { Position } from '../define/position.ts';
import { defineSource } from '../define/source.ts';
import { fileInWords } from '../files/file-words.ts';
import type { FollowedFile, From } from '../files/followed-file.ts';
import { FollowedFiles } from '../files/followed-files.ts';
import { Observer } from '../files/observer.ts';
import type { PathPattern } from '../files/path-pattern.ts';
import { pathPattern, whatIs } from '../files/paths.ts';
import { hasBegun } from '../files/telling.ts';
import { type TextArguments, textParameters, textType } from '../framing/text.ts';
import { sourceFailure } from '../input/fault.ts';
import { orAbort } from '../input/reading.ts';
import { Wake } from '../input/wake.ts';

/** ms between two looks if no event comes. */
const LOOK = 1000;

/** ms to the next look behind one that found something. */
const SOON = 50;

/** ms that a file that was renamed or removed is still read: its writer may not have noticed. */
const FAREWELL = 5000;

/** How often it is tried to count what comes and goes from a moment on at which nothing is under way. */
const TRIES = 20;

class Tailing {
  private readonly pattern: PathPattern;
  private readonly context: SourceContext;
  private readonly files: FollowedFiles;
  private readonly wake: Wake;
  /** It goes on from an earlier run, whatever became of its files. */
  private readonly goesOn: boolean;
  private isAnnounced = false;
  /** When all paths are looked at next, ms; events tell of single ones before. */
  private due = 0;

  constructor(path: string, from: From, args: TextArguments, context: SourceContext, position?: Position) {
    this.pattern = pathPattern(path);
    this.context = context;
    this.goesOn = hasBegun(position);
    this.files = new FollowedFiles(this.pattern, context.once ? 'start' : from, args, context, position);
    this.wake = new Wake(context);
    context.lagBytes?.(() => this.files.behind);
  }

  async run(): Promise<void> {
    const { clock, signal, once } = this.context;
    const { isGlob, base, depth, text, matches } = this.pattern;
    const observer = new Observer(
      {
        directory: isGlob ? base : dirname(base),
        depth,
        isWanted: matches,
        ring: () => this.wake.ring(),
        renamed: (path) => this.renamed(path),
        isUnsure: () => {
          this.due = clock.now();
          this.files.appearances.restart();
        },
      },
      this.context,
    );
    try {
      while (!signal.aborted) {
        const hasFound = await this.look(observer);
        if (once) return;
        await this.wake.wait(hasFound ? clock.now() + SOON : this.due);
      }
      await this.files.tellMissed();
    } catch (error) {
      throw error instanceof RunFailure ? error : sourceFailure('cannot-follow', `cannot follow ${text}`, error);
    } finally {
      await observer.close();
      for (const file of [...this.files]) await this.files.leave(file);
    }
  }

  private renamed(path: string): void {
    if (!this.pattern.matches(path)) return;
    this.files.appearances.renamed(path, this.context.clock.now());
    try {
      this.files.glance(path);
    } catch {
      // It comes again at the next look at all paths.
      this.due = this.context.clock.now();
    }
  }

  /** @returns whether anything was different from the last look. */
  private async look(observer: Observer): Promise<boolean> {
    const { clock, once, signal } = this.context;
    if (clock.now() >= this.due) {
      if (!once) await observer.renew();
      // What comes and goes unseen is told of from the first look on.
      await orAbort(observer.isReady, signal);
      this.due = clock.now() + LOOK;
      await this.files.discover();
      if (!once) await this.tellMissed();
      await this.announce();
    }
    let hasFound = false;
    for (const file of [...this.files]) {
      if (signal.aborted) break;
      const hasGrown = await file.catchUp((truncated) => this.files.findCopies(truncated));
      hasFound ||= hasGrown;
      await this.bidFarewell(file, hasGrown);
    }
    return hasFound;
  }

  /** Where files have come and gone unseen, says so. Before anybody is told that they are followed, it is tried until that would be seen. */
  private async tellMissed(): Promise<void> {
    for (let tries = this.isAnnounced ? 1 : TRIES; tries > 0; tries--) if (await this.files.tellMissed()) return;
  }

  private async bidFarewell(file: FollowedFile, hasGrown: boolean): Promise<void> {
    const now = this.context.clock.now();
    if (this.files.isPresent(file)) file.lostSince = undefined;
    else if (hasGrown || file.lostSince === undefined) file.lostSince = now;
    else if (now - file.lostSince >= FAREWELL) await this.files.leave(file);
  }

  private async announce(): Promise<void> {
    if (this.isAnnounced) return;
    this.isAnnounced = true;
    const { text, isGlob } = this.pattern;
    const { size } = this.files;
    if (this.context.once && size === 0 && !this.goesOn) throw new RunFailure('no-such-file', 3, `there is no ${text}`);
    if (this.context.once) return;
    // Who is told that files are followed may write to them and count on it.
    await this.context.kept?.();
    if (size === 0) {
      const what = isGlob ? undefined : await whatIs(text);
      this.context.note(`waiting for ${text}, which ${what === undefined ? 'does not exist yet' : `is ${what}`}`);
    } else {
      this.context.note(size === 1 ? `following ${text}` : `following ${text}, ${size} files so far`);
    }
  }
}

export const tail = defineSource({
  name: 'tail',
  summary: 'The lines that are appended to files, across rotation and truncation',
  synonyms: ['follow'],
  docs: [
    'A path, or a glob. Reads from the end of what is there (a line that is half written comes whole, and `csv` finds the header in the first line of the file), or with `from: "start"` all of it;',
    'files that appear later are read whole. Files are told by device and inode, by when they were made and by the bytes around the place that was read last, not by name or time.',
    'A file that is renamed or removed is read until it has not grown for 5 s. Where a path leads to another file, those that were there since the last look are found by the names that rotations give',
    '(`app.log.1`, `app.log-20261125`, `app.2026-11-25.log`, `app.log.old`, and each with `.gz`) and read whole, too; a file that is gone, or has another name, is told of as lost, as far as the system tells of it.',
    'One that is truncated, or written anew, is read on in the copy that was made of it before, if there is one (`copytruncate`), then from its start; without a copy a note says up to where it was read.',
    'Of copies and packed copies that a glob matches too, what was read is not read again. What begins as gzip does is unpacked; a packed file that is there at the start is read only with `from: "start"`.',
    'A half line waits for its end, and comes at the end of the run. What cannot be read is a note, and is tried again. With `--once` it takes what is there, from the start, and ends.',
  ].join(' '),
  examples: [
    {
      program: 'tail("app.log", from: "start") | filter(_.includes("error"))',
      notRun: 'it waits for more',
      files: { 'app.log': 'error 1\nfine\n' },
      out: 'error 1',
    },
  ],
  parameters: {
    path: filePath('a path or a glob'),
    from: text('where to begin in files that are there at the start', {
      named: true,
      choices: ['end', 'start'],
      apart: true,
    }).or('end'),
    ...textParameters,
  },
  gives: textType,
  origins: 'file',
  opensFiles: true,
  splitInWords: fileInWords,
  behaviour: () => ({
    kind: 'live',
    replayable: true,
    open: ({ path, from, ...args }, context, position) => new Tailing(path, from as From, args, context, position),
  }),
});
