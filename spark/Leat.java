package leat;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.spark.HashPartitioner;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * What leat has Spark do: deal tasks out, bring what they make to those who merge it, and do again what was lost. The work itself is done by
 * workers, processes of leat, to which all of this is bytes.
 *
 * <pre>
 *   leat ── frames ──▶ main ── pieces ──▶ map tasks ── shares, by number ──▶ merge tasks ──▶ main ── frames ──▶ leat
 *                                         each beside a worker, by frames as well
 * </pre>
 *
 * What leat says:
 * J begins a job (its payload is the number of shares), T is a piece, M what mergers are told, G starts it. O starts one of pieces alone, whose
 * records it is told in their order, no faster than it reads; L says that it wants no more of them.
 * What it is told: H that Spark is up, T and S what became of pieces and shares, R records, in front of the T of their piece, E the end of a
 * job, X that it failed.
 */
public final class Leat {
  /** Results of pieces go by the merge tasks untouched, in a partition of their own behind the shares. */
  static final char HELLO = 'H', PIECE = 'T', SHARE = 'P', RECORDS = 'R', MERGE = 'M', MERGED = 'S', END = 'E', FAULT = 'X';
  static final char JOB = 'J', GO = 'G', IN_ORDER = 'O', LEAVE = 'L';
  /** Set while what is wanted of the job under way is nothing more. */
  private static volatile boolean isLeft = false;

  private Leat() {}

  /** Works on pieces. Gives shares by their numbers, and results, which stand behind their type. */
  static final class MapPieces implements PairFlatMapFunction<Iterator<byte[]>, Integer, byte[]> {
    private static final long serialVersionUID = 1;
    private final Command command;
    private final int shares;

    MapPieces(Command command, int shares) {
      this.command = command;
      this.shares = shares;
    }

    @Override
    public Iterator<Tuple2<Integer, byte[]>> call(Iterator<byte[]> pieces) throws Exception {
      List<Tuple2<Integer, byte[]>> out = new ArrayList<>();
      while (pieces.hasNext()) {
        for (Frame frame : Worker.work(command, Collections.singletonList(new Frame(PIECE, pieces.next())))) {
          if (frame.type == SHARE) {
            int share = ByteBuffer.wrap(frame.payload).getInt();
            out.add(new Tuple2<>(share, Arrays.copyOfRange(frame.payload, 4, frame.payload.length)));
          } else out.add(new Tuple2<>(shares, frame.payload));
        }
      }
      return out.iterator();
    }
  }

  /** Merges the shares of one number. Gives their groups, or in the last partition the results of pieces, behind their type. */
  static final class MergeShares implements FlatMapFunction<Iterator<Tuple2<Integer, byte[]>>, byte[]> {
    private static final long serialVersionUID = 1;
    private final Command command;
    private final int shares;
    private final byte[] merge;

    MergeShares(Command command, int shares, byte[] merge) {
      this.command = command;
      this.shares = shares;
      this.merge = merge;
    }

    @Override
    public Iterator<byte[]> call(Iterator<Tuple2<Integer, byte[]>> items) throws Exception {
      List<byte[]> out = new ArrayList<>();
      if (TaskContext.getPartitionId() == shares) {
        while (items.hasNext()) out.add(typed(PIECE, items.next()._2()));
        return out.iterator();
      }
      if (!items.hasNext()) return out.iterator();
      List<Frame> frames = new ArrayList<>();
      frames.add(new Frame(MERGE, merge));
      while (items.hasNext()) frames.add(new Frame(SHARE, items.next()._2()));
      frames.add(new Frame(END, new byte[0]));
      for (Frame frame : Worker.work(command, frames)) out.add(typed(MERGED, frame.payload));
      return out.iterator();
    }

  }

  private static byte[] typed(char type, byte[] payload) {
    byte[] typed = new byte[payload.length + 1];
    typed[0] = (byte) type;
    System.arraycopy(payload, 0, typed, 1, payload.length);
    return typed;
  }

  private static void writeTyped(DataOutputStream out, byte[] typed) throws IOException {
    out.writeInt(typed.length - 1);
    out.write(typed);
  }

  /** Works on pieces of which the records are wanted. Gives these and results, behind their types. */
  static final class EachPiece implements FlatMapFunction<Iterator<byte[]>, byte[]> {
    private static final long serialVersionUID = 1;
    private final Command command;

    EachPiece(Command command) {
      this.command = command;
    }

    @Override
    public Iterator<byte[]> call(Iterator<byte[]> pieces) throws Exception {
      List<byte[]> out = new ArrayList<>();
      while (pieces.hasNext()) {
        for (Frame frame : Worker.work(command, Collections.singletonList(new Frame(PIECE, pieces.next())))) out.add(typed(frame.type, frame.payload));
      }
      return out.iterator();
    }
  }

  /** A job a piece: a few more are at work than there are cores, so that what is done and has not been taken stays small. */
  private static void runInOrder(JavaSparkContext spark, Command command, List<byte[]> pieces, DataOutputStream out) throws Exception {
    JavaRDD<byte[]> worked = spark.parallelize(pieces, Math.max(1, pieces.size())).mapPartitions(new EachPiece(command));
    int width = spark.defaultParallelism() + 2;
    ExecutorService threads = Executors.newFixedThreadPool(width);
    Deque<Future<List<byte[]>[]>> ahead = new ArrayDeque<>();
    try {
      for (int done = 0, next = 0; done < pieces.size() && !isLeft; done++) {
        for (; next < pieces.size() && next < done + width; next++) {
          int[] piece = {next};
          ahead.add(threads.submit(() -> {
            spark.setJobGroup("leat", "pieces in order", true);
            return worked.collectPartitions(piece);
          }));
        }
        for (byte[] result : ahead.remove().get()[0]) writeTyped(out, result);
        out.flush();
      }
    } finally {
      threads.shutdownNow();
      spark.cancelJobGroup("leat");
    }
    Frame.write(out, END, new byte[0]);
  }

  private static void run(JavaSparkContext spark, Command command, int shares, List<byte[]> pieces, byte[] merge, DataOutputStream out)
      throws IOException {
    JavaPairRDD<Integer, byte[]> mapped =
        spark.parallelize(pieces, Math.max(1, pieces.size())).mapPartitionsToPair(new MapPieces(command, shares));
    List<byte[]> results =
        mapped.partitionBy(new HashPartitioner(shares + 1)).mapPartitions(new MergeShares(command, shares, merge)).collect();
    for (byte[] result : results) writeTyped(out, result);
    Frame.write(out, END, new byte[0]);
  }

  private static void tellFault(Exception error, DataOutputStream out) throws IOException {
    error.printStackTrace();
    Frame.write(out, FAULT, reasonOf(error).getBytes(StandardCharsets.UTF_8));
  }

  /** The first line of what was the matter in the end, without Spark's story of how it came. */
  static String reasonOf(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) cause = cause.getCause();
    String message = String.valueOf(cause.getMessage());
    int at = message.lastIndexOf("java.io.IOException: ");
    if (at >= 0) message = message.substring(at + "java.io.IOException: ".length());
    return message.split("\n", 2)[0];
  }

  /** @param args the version of leat, the folder it was started in, and how its workers are started. */
  public static void main(String[] args) throws Exception {
    // Standard output is leat's alone: what else is printed there goes to the log.
    PrintStream stdout = System.out;
    System.setOut(System.err);
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stdout, 1 << 16));
    BlockingQueue<Frame> asked = new LinkedBlockingQueue<>();
    listen(System.in, asked);
    Command command = new Command(args[0], args[1], Arrays.copyOfRange(args, 2, args.length));
    JavaSparkContext spark = new JavaSparkContext(new SparkConf());
    Frame.write(out, HELLO, (spark.version() + "\n" + spark.sc().uiWebUrl().getOrElse(() -> "")).getBytes(StandardCharsets.UTF_8));
    out.flush();
    Streams streams = new Streams(out);
    int shares = 1;
    List<byte[]> pieces = new ArrayList<>();
    byte[] merge = new byte[0];
    for (;;) {
      Frame frame = asked.take();
      switch (frame.type) {
        case JOB:
          shares = ByteBuffer.wrap(frame.payload).getInt();
          pieces = new ArrayList<>();
          break;
        case PIECE:
          pieces.add(frame.payload);
          break;
        case MERGE:
          merge = frame.payload;
          break;
        case LEAVE:
          isLeft = false;
          break;
        case IN_ORDER:
        case GO:
          synchronized (out) {
            try {
              if (frame.type == GO) run(spark, command, shares, pieces, merge, out);
              else runInOrder(spark, command, pieces, out);
            } catch (Exception error) {
              tellFault(error, out);
            }
            out.flush();
          }
          break;
        case Streams.BEGIN:
          try {
            streams.begin(SparkSession.builder().getOrCreate(), frame.text());
          } catch (Exception error) {
            synchronized (out) {
              tellFault(error, out);
              out.flush();
            }
          }
          break;
        case Streams.DONE:
          streams.done();
          break;
        default:
          throw new IOException("a message of an unknown type: " + frame.type);
      }
    }
  }

  /** Reads what is asked; at its end leat has ended, and whatever is at work for it ends too. */
  private static void listen(InputStream in, BlockingQueue<Frame> asked) {
    Thread listener = new Thread(() -> {
      int exit = 0;
      try (DataInputStream from = new DataInputStream(new BufferedInputStream(in, 1 << 16))) {
        for (;;) {
          Frame frame = Frame.read(from);
          if (frame.type == LEAVE) isLeft = true;
          asked.add(frame);
        }
      } catch (EOFException e) {
        // It is done.
      } catch (IOException e) {
        e.printStackTrace();
        exit = 1;
      }
      System.exit(exit);
    }, "leat-listener");
    listener.setDaemon(true);
    listener.start();
  }
}
