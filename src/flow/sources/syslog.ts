import type { Server } from 'node:net';
import { BadRecord } from '../../base/problem.ts';
import { STRING } from '../../base/type.ts';
import { UTC } from '../../base/zone.ts';
import { tlsFiles, tlsOfServer } from '../connections/tls.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer, Progress } from '../define/framer.ts';
import type { TlsFiles } from '../define/network.ts';
import { flag, size, text, whole } from '../define/parameters.ts';
import { defineSource, type Source } from '../define/source.ts';
import { Delivery } from '../framing/delivery.ts';
import { type TagOf, taggedLine, textType } from '../framing/text.ts';
import { UnfinishedBound } from '../framing/unfinished.ts';
import { parseSyslog } from '../parsing/syslog-lines.ts';
import { hostAndPort, hostOf, nameOf, nearAddress } from '../sockets/address.ts';
import { DatagramFramer, type DatagramToValue } from '../sockets/datagram-framer.ts';
import { DatagramReceiver, isOfDatagrams } from '../sockets/datagrams.ts';
import { bindPort, clientsParameter, serveClients } from '../sockets/server.ts';
import { SyslogFramer } from '../sockets/syslog-framer.ts';
import { maxUnfinishedOf, maxUnfinishedParameter, readClient } from '../sockets/text.ts';

interface SyslogOptions {
  readonly port: number;
  readonly host: string;
  readonly clients: number;
  readonly maxUnfinished: number | undefined;
  readonly maxLine: number;
  readonly tag: boolean;
  readonly secure: TlsFiles | undefined;
}

/** How often another free port is tried for both, where the system gave one that is free for TCP alone. */
const TRIES = 10;

/** What a tagged message says of itself, beside who sent it. */
const tagOf: TagOf = (line, source) => {
  const peer = hostOf(source);
  try {
    const { host, facility, severity } = parseSyslog(line, { zone: UTC, now: () => 0 });
    return { peer, host, facility, severity };
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error;
    return { peer, host: null, facility: null, severity: null };
  }
};

class SyslogServer implements Source {
  private readonly options: SyslogOptions;
  private readonly context: SourceContext;
  private readonly unfinished: UnfinishedBound;
  /** Ends the datagrams with `--once`, where the one client has left. */
  private readonly ended = new AbortController();
  private receiver: DatagramReceiver | undefined;
  private readonly toValue: DatagramToValue;

  constructor(options: SyslogOptions, context: SourceContext) {
    this.options = options;
    this.context = context;
    this.unfinished = new UnfinishedBound(maxUnfinishedOf(options));
    this.toValue = options.tag
      ? (line, from) => taggedLine(hostAndPort(from.address, from.port), line, tagOf)
      : undefined;
  }

  /** Of datagrams, or of a client. */
  readonly framer = (origin: Origin, progress?: Progress): Framer => {
    const { tag, maxLine } = this.options;
    if (isOfDatagrams(origin)) return new DatagramFramer(origin, this.context, this.toValue, progress);
    const delivery = new Delivery(origin, this.context, progress);
    const toValue = tag ? (line: string) => taggedLine(origin.name, line, tagOf) : undefined;
    return this.unfinished.around(new SyslogFramer(delivery, toValue, maxLine));
  };

  async run(): Promise<void> {
    const { clients, secure } = this.options;
    let receiving: Promise<void> | undefined;
    await serveClients(this.context.sockets.server(secure), {
      context: this.context,
      clients,
      bind: (server) => this.bind(server),
      announce: (server) => {
        this.announce(server);
        receiving = this.receiver?.run();
      },
      serve: (client) => readClient(client, nameOf(client), this.context, this.framer),
    });
    this.ended.abort();
    await receiving;
  }

  /** Listens by TCP, and where nothing is encrypted by UDP at the same port. */
  private async bind(server: Server): Promise<void> {
    const { host, port, secure } = this.options;
    for (let tries = TRIES; ; tries--) {
      await bindPort(server, host, port);
      if (secure !== undefined) return;
      try {
        this.receiver = await this.receive((server.address() as { readonly port: number }).port);
        return;
      } catch (error) {
        await new Promise((resolve) => server.close(resolve));
        if (port !== 0 || tries === 0) throw error;
      }
    }
  }

  private async receive(port: number): Promise<DatagramReceiver> {
    const { context, options } = this;
    const receiver = new DatagramReceiver({
      context,
      host: options.host,
      port,
      signal: AbortSignal.any([context.signal, this.ended.signal]),
      toValue: this.toValue,
    });
    await receiver.bind();
    return receiver;
  }

  private announce(server: Server): void {
    const { address, port } = server.address() as { readonly address: string; readonly port: number };
    const how = this.receiver === undefined ? 'TLS' : 'TCP and UDP';
    const tried = this.receiver === undefined ? '' : ` (try: logger -n ${nearAddress(address)} -P ${port} -d hello)`;
    this.context.note(`listening on ${hostAndPort(address, port)} for syslog by ${how}${tried}`);
  }
}

export const syslog = defineSource({
  name: 'syslog',
  summary: 'A server for syslog: the messages that hosts and programs send by UDP and TCP',
  synonyms: ['rsyslog', 'syslog-ng', 'rfc 5424', 'rfc 3164', 'logger'],
  docs:
    'Listens at a port by UDP and TCP. One message is one record, as it came; `syslog` behind it reads what it says. By TCP messages end at a newline, or say how long they are (octet counting, RFC 6587); by ' +
    'UDP a datagram is one. Only this machine can send unless `host` says otherwise (`host: "0.0.0.0"`: anyone). With `tls: true` it speaks TLS, and nothing else. Who sends by TCP is made to wait when the program cannot keep ' +
    'up; of UDP holds what the source `udp` says. With `tag: true` host, facility and severity are what the message says, null where it says none. With `--once` it ends with the first client by TCP. ' +
    'With `--checkpoint` what was read is written down before it is worked on. Port 514 is for the administrator: `*.* @@127.0.0.1:5514` is the line of rsyslog for port 5514.',
  examples: [
    {
      program: 'syslog(5514) | syslog | countBy(.host, .severity)',
      notRun: 'it waits for messages',
      in: '<11>Oct 11 22:14:15 web1 app: a',
      out: '["web1","err"]\t1',
    },
  ],
  parameters: {
    port: whole('the port; 0 takes a free one', { most: 65_535, apart: true }),
    host: text('the address to listen on', { named: true, apart: true }).or('127.0.0.1'),
    clients: clientsParameter,
    maxUnfinished: maxUnfinishedParameter,
    maxLine: size('the most bytes of a message; a longer one is bad', { named: true }).or(1024 * 1024),
    ...tlsOfServer,
    tag: flag(
      'gives `{source, line, peer, host, facility, severity}` instead of the message alone; `source` is the connection, `peer` the address at its other end',
    ),
  },
  gives: (args) => textType(args, { peer: STRING, host: STRING, facility: STRING, severity: STRING }),
  origins: 'client',
  behaviour: () => ({
    kind: 'live',
    replayable: false,
    received: true,
    open: ({ port, host, clients, maxUnfinished, maxLine, tag, ...files }, context) =>
      new SyslogServer({ port, host, clients, maxUnfinished, maxLine, tag, secure: tlsFiles(files) }, context),
  }),
});
