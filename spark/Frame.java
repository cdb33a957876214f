package leat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What leat, its workers and this JVM say to each other: a length (4 bytes, the highest first), a type (a letter), and so many bytes. */
final class Frame {
  final char type;
  final byte[] payload;

  Frame(char type, byte[] payload) {
    this.type = type;
    this.payload = payload;
  }

  String text() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  static void write(DataOutputStream out, char type, byte[] payload) throws IOException {
    out.writeInt(payload.length);
    out.writeByte(type);
    out.write(payload);
  }

  static Frame read(DataInputStream in) throws IOException {
    byte[] head = new byte[5];
    in.readFully(head);
    ByteBuffer numbers = ByteBuffer.wrap(head);
    byte[] payload = new byte[numbers.getInt()];
    char type = (char) numbers.get();
    in.readFully(payload);
    return new Frame(type, payload);
  }
}
