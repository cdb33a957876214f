/** Types of frames of HTTP/2, and why a connection ends (RFC 9113, 6 and 7). */
const SETTINGS = 4;
const GOAWAY = 7;
const HTTP_1_1_REQUIRED = 0xd;

/** What a server says first and last to a client of HTTP/2 that is to come by HTTP/1.1. @param words that clients show where they tell of it. */
export function farewell2(words: string): Buffer {
  const reason = Buffer.alloc(8);
  // No stream of the client was looked at.
  reason.writeUInt32BE(HTTP_1_1_REQUIRED, 4);
  return Buffer.concat([frame(SETTINGS, Buffer.alloc(0)), frame(GOAWAY, Buffer.concat([reason, Buffer.from(words)]))]);
}

/** A frame of the connection itself. */
function frame(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  return Buffer.concat([head, payload]);
}
