import { objectOf, STRING } from '../../base/type.ts';
import { flag, text, whole } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { textParameters, textType } from '../framing/text.ts';
import { postParameters, postSettings } from '../http/post-options.ts';
import { PostServer } from '../http/post-server.ts';
import { Requests } from '../http/requests.ts';
import { KeyedPlaces } from '../keyed/keyed-places.ts';
import { knownInWords } from '../keyed/known-keys.ts';

export const http = defineSource({
  name: 'http',
  summary: 'A server of HTTP: the lines that are posted to it',
  synonyms: ['webhook', 'http server', 'post', 'put', 'endpoint', 'rest', 'collector', 'curl', 'ndjson'],
  docs:
    'Waits for requests by POST or PUT. The lines of a body are the records; `json` behind it reads documents and lists as well, each body by itself. A body may be packed by gzip, deflate or br. ' +
    'It is taken as a whole or not at all: of one that breaks off nothing is taken. The answer is 204 when it was taken, with `--checkpoint` when it is safe from a power cut. ' +
    'One that says an `Idempotency-Key` is taken once, however often it is sent: 10,000 keys are remembered, with `--checkpoint` by later runs as well. ' +
    'When the program cannot keep up, a request waits up to 5 s and then gets 429 with `Retry-After`; 413 where its body is longer than `maxBody`, 401 without the `token` where there is one. ' +
    'It is taken at any path, or at `path:` alone. Only this machine can send unless `host` says otherwise (`host: "0.0.0.0"`: anyone); without a token no page of another origin can send from a browser. Port 0 takes a free port and says which. ' +
    'GET answers that the server is there. Headers have to be there in 10 s, all of a request in 60 s. With `tls: true` it speaks HTTPS, as `listen` speaks TLS. With `--once` it serves one connection and ends with it.',
  examples: [
    {
      program: 'http(8080) | json | countBy(.path)',
      notRun: 'it waits for requests',
      in: '{"path":"/a"}',
      out: '/a\t1',
    },
    {
      program:
        'http(8080, path: "/hook", token: "${HOOK_TOKEN}", tag: true) | map({event: .headers["x-github-event"], body: json(.line)})',
      notRun: 'it waits for requests',
      in: '{"action":"opened"}',
      out: '{"event":"issues","body":{"action":"opened"}}',
    },
  ],
  parameters: {
    port: whole('the port; 0 takes a free one', { most: 65_535, apart: true }),
    path: text('the only path at which requests are taken', { named: true, apart: true })
      .checked((path) => (path.startsWith('/') ? undefined : 'a path begins with `/`'))
      .optional(),
    ...postParameters,
    ...textParameters,
    tag: flag(
      'gives `{source, line, peer, path, headers}` instead of the line alone; `source` is the connection, `peer` the address at its other end, `path` has the query with it, `headers` have their names in small letters',
    ),
  },
  gives: (args) => textType(args, { peer: STRING, path: STRING, headers: objectOf([]) }),
  origins: 'client',
  behindIt: 'a command reads what an address gives: `exec("curl -s http://localhost:8080/x.csv") | csv`',
  splitInWords: knownInWords,
  behaviour: () => ({
    kind: 'live',
    replayable: false,
    received: true,
    readsFromStart: true,
    open({ port, path, ...args }, context, from) {
      const places = new KeyedPlaces({ args, context, from });
      const requests = new Requests(places, args.tag);
      return {
        framer: places.framer,
        run: () =>
          new PostServer({
            context,
            port,
            ...postSettings(args),
            has: (asked) => path === undefined || asked === path,
            called: '',
            example: (url) => `curl -d hello ${url}${path ?? ''}`,
            begin: requests.known,
            take: requests.take,
          }).run(),
      };
    },
  }),
});
