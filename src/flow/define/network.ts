/** A connection over which bytes are sent. */
export interface Connection {
  /** Resolves when the system has taken all of the bytes, rejects with its error. Not called again before. */
  write(bytes: Uint8Array): Promise<void>;
  /** Nothing more is sent. Resolves when the other end has nothing more to say either, or it was let go of; rejects where it was broken off. */
  end(): Promise<void>;
  /** Lets go of it at once. */
  letGo(): void;
}

/** What a connection tells without being asked, each at most once. */
export interface ConnectionEvents {
  /** It has broken off, with the system's error. */
  readonly broken: (error: unknown) => void;
  /** The other end has ended its sending, which is most often the end of it. */
  readonly ended: () => void;
}

/** The network as those who send see it, so that another can stand behind it. */
export interface Network {
  /** Resolves when there is a connection, rejects with the system's error. What comes over it is not looked at. */
  connect(host: string, port: number, events: ConnectionEvents): Promise<Connection>;
}
