import { RunFailure } from '../../base/problem.ts';
import { UNKNOWN } from '../../base/type.ts';
import { filePath, whole } from '../define/parameters.ts';
import type { Position } from '../define/position.ts';
import { defineSource, type PlayedEvent } from '../define/source.ts';
import { BEGIN_ANEW, DOES_NOT_FIT } from '../input/fault.ts';
import { peekHead, readSession } from '../input/session.ts';

const SESSION = `{"session":1,"start":0,"interval":1000,"live":true,"whole":false}
{"time":200,"source":1,"origin":1,"name":"127.0.0.1:50312","text":"to be"}
{"time":700,"source":1,"origin":2,"name":"127.0.0.1:50314","text":"or not to be"}
{"tick":1000}
{"time":1300,"source":1,"origin":1,"name":"127.0.0.1:50312","text":"to sleep"}
{"tick":2000}
`;

/** The events of a session, or those of one source and the ticks. A position counts them; each origin has the count behind its last one. */
async function* play(
  path: string,
  source: number | undefined,
  from: Position = [],
): AsyncGenerator<PlayedEvent, void, undefined> {
  const played = Math.max(0, ...from.map(({ at }) => Number(at)));
  let count = 0;
  for await (const event of readSession(path)) {
    if (event.kind === 'record' && source !== undefined && event.source !== source) continue;
    count++;
    if (count <= played) continue;
    yield { event, behind: { key: event.kind === 'record' ? `${event.origin}` : event.kind, at: count } };
  }
  if (count < played) {
    const what = `${path} has ${count} events, and was played up to event ${played}`;
    throw new RunFailure(DOES_NOT_FIT, 3, what, BEGIN_ANEW);
  }
}

export const replay = defineSource({
  name: 'replay',
  summary: 'A session that `--record` kept, batch by batch as it was',
  docs:
    'Gives the same records again in the same batches, with the files and connections that they came from, bad ones too. Time is virtual: it ' +
    'is that of the session, and nothing waits; with `--replay 1x` it runs at the pace of the session, with `--replay 60x` 60 times as fast. ' +
    'Another `--batch` than that of the session cuts it anew by the times of arrival. Files beside it are read into the first batch; it cannot ' +
    'stand beside a live source. A session of which all input was one batch is one batch again. A last line that was cut off is left out, with a note.',
  examples: [
    {
      program: 'replay("s.jsonl") | words | countByValue',
      files: { 's.jsonl': SESSION },
      out: 'to\t2\nbe\t2\nor\t1\nnot\t1\nto\t1\nsleep\t1',
    },
    { program: 'replay("s.jsonl") | count | running', files: { 's.jsonl': SESSION }, out: '2\n3' },
  ],
  parameters: {
    path: filePath('the file that was recorded'),
    source: whole('only what came from this source of the recorded program, from 1', {
      named: true,
      least: 1,
    }).optional(),
  },
  gives: () => UNKNOWN,
  behaviour: ({ path, source }) => {
    const head = peekHead(path);
    return {
      kind: 'recorded',
      live: head?.live ?? false,
      whole: head?.whole ?? false,
      kept: head?.kept ?? false,
      start: head?.start ?? 0,
      replayable: true,
      open: (_args, from) => play(path, source, from),
    };
  },
});
