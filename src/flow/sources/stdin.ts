import { fstatSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import type { Position } from '../define/position.ts';
import { defineSource, type Source } from '../define/source.ts';
import { DONE, type FileAt, FileProgress } from '../files/file-progress.ts';
import { fileInWords } from '../files/file-words.ts';
import { firstLineOf, firstLineOfPacked } from '../files/first-line.ts';
import { isPacked } from '../files/packed.ts';
import { readPart } from '../files/parts.ts';
import { framerOf, isPlainLines, openFramer, type TextArguments, textParameters, textType } from '../framing/text.ts';
import { sourceFailure } from '../input/fault.ts';
import { readStream, readToEnd } from '../input/reading.ts';
import { receive } from '../input/receiving.ts';

/** Standard input as a regular file: read by its descriptor, which is several times faster than a stream. */
export function readInputFile(fd: number, args: TextArguments, context: SourceContext, from?: Position): Source {
  return {
    shared: {
      async files() {
        const start = positionOf(fd);
        if (from !== undefined || start === undefined || !isPlainLines(args) || isPacked(fd, start)) return undefined;
        return [{ name: 'stdin', file: fd, start, end: fstatSync(fd).size }];
      },
      async read(part, origin, between) {
        const framer = openFramer(args, origin, context);
        await readPart(part, framer, between, context.signal).catch((error: unknown) => {
          throw sourceFailure('cannot-read-stdin', 'standard input cannot be read', error);
        });
      },
    },
    async run() {
      const [split] = from ?? [];
      const at = split?.at as FileAt | typeof DONE | undefined;
      if (at !== undefined && 'isDone' in at) return;
      const start = positionOf(fd) ?? 0;
      const progress = new FileProgress('stdin', {}, () => DONE);
      if (start > 0) progress.startAt(fd, start);
      const seek = at && progress.goOn(fd, 'standard input', at);
      const isUnpacked = progress.skip > 0;
      const firstLine =
        at && (isUnpacked ? await firstLineOfPacked(fd, at.offset, args) : firstLineOf(fd, at.offset, args));
      const framer = openFramer(args, context.origin('stdin', firstLine, split), context, progress);
      // How much there is to read, where it is what will be delivered: a packed file says nothing of that.
      if (!isPacked(fd, at === undefined ? start : 0)) context.expect?.(fstatSync(fd).size - (seek ?? 0));
      await readToEnd(fd, progress.around(framer), context, {
        start,
        seek,
        onFault: () => progress.breakOff(),
      }).catch((error: unknown) => {
        throw sourceFailure('cannot-read-stdin', 'standard input cannot be read', error);
      });
    },
  };
}

/** Where a descriptor stands in its file: who opened it may have read some of it. Undefined where the system does not tell. */
function positionOf(fd: number): number | undefined {
  try {
    const position = /^pos:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return position === undefined ? undefined : Number(position);
  } catch {
    return undefined;
  }
}

/** Our own standard input, where it is no regular file. */
function readStandardInput(args: TextArguments, context: SourceContext): Source {
  return {
    framer: framerOf(args, context),
    async run() {
      // Node takes a directory for an empty input.
      if (fstatSync(0).isDirectory()) {
        const help = 'read the files in it with `files("…/*")`';
        throw new RunFailure('stdin-is-directory', 3, 'standard input is a directory', help);
      }
      await readInputStream(process.stdin, args, context).run();
    },
  };
}

/** Standard input as a pipe, a socket or a terminal. */
export function readInputStream(
  stream: Readable & { readonly isTTY?: boolean },
  args: TextArguments,
  context: SourceContext,
): Source {
  const framer = framerOf(args, context);
  return {
    framer,
    async run() {
      if (stream.isTTY === true) context.note('reading from the terminal; Ctrl-D on a line of its own ends it');
      const broken = await readStream(stream, receive('stdin', context, framer), context.signal);
      if (broken !== undefined) throw sourceFailure('cannot-read-stdin', 'standard input cannot be read', broken);
    },
  };
}

export const stdin = defineSource({
  name: 'stdin',
  summary: 'The lines of standard input',
  docs:
    'What a program reads that names no source. A regular file (`< app.log`) is one batch, read as fast as the machine goes. A pipe is a ' +
    'filter or a stream. A filter is one batch until the pipe ends, like `sort` and awk; records that wait for nothing flow at once. It is what a pipe is unless ' +
    'something asks for a result each second: `stdin` written in front, standard output that is a terminal, `--batch`, a window or state by ' +
    'arrival. Then it is a stream, cut by the clock, as a terminal is. `leat explain` says which. What begins as gzip, zstd, xz, bzip2 or lz4 does is unpacked; what begins as a zip archive, a program or an image does is refused with its first bytes.',
  examples: [{ program: 'stdin | map(_.toUpperCase())', in: 'to be\nor not', out: 'TO BE\nOR NOT' }],
  parameters: textParameters,
  gives: textType,
  isDefault: true,
  splitInWords: fileInWords,
  behaviour(args, { stdin }) {
    if (stdin === 'file') {
      return {
        kind: 'bounded',
        replayable: true,
        shared: isPlainLines(args),
        open: (given, context, from) => readInputFile(0, given, context, from),
      };
    }
    const open = readStandardInput;
    if (stdin === 'filter') return { kind: 'bounded', replayable: false, received: true, arrives: true, open };
    return { kind: 'live', replayable: false, received: true, open };
  },
});
