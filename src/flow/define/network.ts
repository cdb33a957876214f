import type { Server, Socket } from 'node:net';

/** The files of an encrypted connection, PEM each. */
export interface TlsFiles {
  /** Whose certificates are trusted: instead of the usual ones, and by a server at all. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** What is connected to. */
export type Endpoint =
  /** @param tls its files, where it is encrypted. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls?: TlsFiles | undefined }
  /** A socket of the file system. */
  | { readonly kind: 'unix'; readonly path: string }
  /** What is written at a time is a datagram. */
  | { readonly kind: 'udp'; readonly host: string; readonly port: number };

/** A connection over which bytes are sent. */
export interface Connection {
  /** Resolves when the system has taken all of the bytes, rejects with its error. Not called again before. */
  write(bytes: Uint8Array): Promise<void>;
  /** Nothing more is sent. Resolves when the other end has nothing more to say either, or it was let go of; rejects where it was broken off. */
  end(): Promise<void>;
  /** Lets go of it at once. */
  letGo(): void;
}

/** What a connection tells without being asked, each at most once; of datagrams, as often as the other machine says that nobody takes them. */
export interface ConnectionEvents {
  /** It has broken off, with the system's error. */
  readonly broken: (error: unknown) => void;
  /** The other end has ended its sending, which is most often the end of it. */
  readonly ended: () => void;
  /** It has sent bytes. Absent where nobody listens: then they are passed over. */
  readonly received?: (bytes: Buffer) => void;
}

/** The network as those who send see it, so that another can stand behind it. */
export interface Network {
  /** Resolves when there is a connection, rejects with the system's error. */
  connect(to: Endpoint, events: ConnectionEvents): Promise<Connection>;
}

/** Whom a source connects to. */
export interface Peer {
  readonly host: string;
  readonly port: number;
  /** What is in the files of an encrypted connection; undefined where it is none. */
  readonly secure: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer } | undefined;
}

/** The network as those who read see it: Node's servers and connections, or others behind which nothing is but a test. */
export interface Sockets {
  /** A server of TCP that does not listen yet, and has no listeners. @throws RunFailure of exit 3 where the files of an encrypted one are none. */
  server(tls: TlsFiles | undefined): Server;
  /** A connection that is being made. It tells `connect` when it is there; an encrypted one `secureConnect`, when that is agreed on too. */
  connect(to: Peer): Socket;
}
