package leat;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A process of leat beside this JVM, which works on one task at a time and is kept for the next ones. */
final class Worker {
  private static final Deque<Worker> IDLE = new ArrayDeque<>();
  private final Process process;
  private final DataOutputStream to;
  private final DataInputStream from;

  private Worker(Command command) throws IOException {
    process = command.start();
    to = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16));
    from = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
    String version = Frame.read(from).text();
    if (!version.equals(command.version)) {
      process.destroyForcibly();
      throw new IOException("the job is of leat " + command.version + ", and here is leat " + version);
    }
  }

  private static Worker borrow(Command command) throws IOException {
    synchronized (IDLE) {
      for (Worker worker = IDLE.poll(); worker != null; worker = IDLE.poll()) if (worker.process.isAlive()) return worker;
    }
    return new Worker(command);
  }

  /** The answers to some frames, up to the end of the task. What is asked is written by this thread and read by another, since both pipes may fill. */
  static List<Frame> work(Command command, List<Frame> frames) throws Exception {
    Worker worker = borrow(command);
    List<Frame> answers = new ArrayList<>();
    IOException[] broken = new IOException[1];
    Thread reader = new Thread(() -> {
      try {
        Frame frame;
        do answers.add(frame = Frame.read(worker.from)); while (frame.type != Leat.END && frame.type != Leat.FAULT);
      } catch (IOException e) {
        broken[0] = e;
      }
    }, "leat-reader");
    reader.setDaemon(true);
    boolean isDone = false;
    try {
      reader.start();
      try {
        for (Frame frame : frames) Frame.write(worker.to, frame.type, frame.payload);
        worker.to.flush();
      } catch (IOException e) {
        // Its last words say more.
        reader.join(1000);
        if (answers.isEmpty()) throw new IOException("a worker of leat ended in the middle of a task", e);
      }
      reader.join();
      if (broken[0] != null) throw new IOException("a worker of leat ended in the middle of a task", broken[0]);
      Frame last = answers.remove(answers.size() - 1);
      if (last.type == Leat.FAULT) throw new IOException("leat failed in a task: " + last.text());
      isDone = true;
      return answers;
    } finally {
      if (isDone) synchronized (IDLE) {
        IDLE.push(worker);
      }
      else worker.process.destroyForcibly();
    }
  }
}
