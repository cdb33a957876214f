package leat;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;

/**
 * One query of Structured Streaming, which finds new files and begins a batch in each interval. Spark writes down what belongs to a batch and when it
 * was begun, so that it is the same if it has to be begun again. What is to be done of it leat says, by jobs, and then that it is done.
 *
 * <pre>
 *   leat   W ask ──▶                            ◀── Z there are no more
 *                     ◀── B number, time, files
 *          T M G … ──▶ (jobs) ◀── S T E
 *          D done ──▶                            the next one is begun
 * </pre>
 */
final class Streams {
  static final char BEGIN = 'W', BATCH = 'B', DONE = 'D', OVER = 'Z';

  /** Between the parts of what is said; no path has it. */
  private static final String PART = "\0";
  private static final Pattern TIME = Pattern.compile("\"batchTimestampMs\":(\\d+)");
  /** Files are new by their paths, however old they are. */
  private static final String ANY_AGE = "36500d";

  private final BlockingQueue<Boolean> done = new LinkedBlockingQueue<>();
  private final DataOutputStream out;

  /** @param out locked by whoever writes to it. */
  Streams(DataOutputStream out) {
    this.out = out;
  }

  /** The batch under way is done. */
  void done() {
    done.add(true);
  }

  /** @param asked the interval (ms), whether what is there is all there is, where Spark keeps the stream, and the directories whose files it is of, if any. */
  void begin(SparkSession spark, String asked) throws Exception {
    String[] parts = asked.split(PART, -1);
    boolean isOnce = parts[1].equals("once");
    Path kept = Paths.get(parts[2]);
    VoidFunction2<Dataset<Row>, Long> each = (rows, number) -> take(rows, number, kept);
    StreamingQuery query =
        rowsOf(spark, Arrays.copyOfRange(parts, 3, parts.length), isOnce)
            .writeStream()
            .foreachBatch(each)
            .option("checkpointLocation", kept.toUri().toString())
            .trigger(isOnce ? Trigger.AvailableNow() : Trigger.ProcessingTime(Long.parseLong(parts[0])))
            .start();
    Thread watcher = new Thread(() -> watch(query), "leat-stream");
    watcher.setDaemon(true);
    watcher.start();
  }

  /** The paths of files that come, each behind the number of its directory, and a row without one each second, so that there are batches where none come. */
  private static Dataset<Row> rowsOf(SparkSession spark, String[] directories, boolean isOnce) {
    Dataset<Row> rows = null;
    for (int i = 0; i < directories.length; i++) {
      Dataset<Row> files = filesIn(spark, directories[i]).selectExpr(i + " as directory", "path");
      rows = rows == null ? files : rows.union(files);
    }
    if (rows != null && isOnce) return rows;
    Dataset<Row> beats = spark.readStream().format("rate").option("rowsPerSecond", 1).load().selectExpr("0 as directory", "cast(null as string) as path");
    return rows == null ? beats : rows.union(beats);
  }

  /** The column of their bytes is not asked for, so that nothing of them is read here. */
  private static Dataset<Row> filesIn(SparkSession spark, String directory) {
    return spark
        .readStream()
        .format("binaryFile")
        .schema("path string, modificationTime timestamp, length long, content binary")
        .option("recursiveFileLookup", "true")
        .option("maxFileAge", ANY_AGE)
        .load(new org.apache.hadoop.fs.Path(Paths.get(directory).toUri()).toString());
  }

  private void take(Dataset<Row> rows, long number, Path kept) throws Exception {
    StringBuilder said = new StringBuilder().append(number).append(PART).append(timeOf(kept, number));
    // Of those without a path there are millions after a pause of weeks.
    for (Row row : rows.where("path is not null").collectAsList()) {
      said.append(PART).append(row.getInt(0)).append(':').append(new org.apache.hadoop.fs.Path(row.getString(1)).toUri().getPath());
    }
    say(BATCH, said.toString());
    done.take();
  }

  /** When Spark has begun a batch, by what it wrote down of it, ms. */
  private static long timeOf(Path kept, long number) throws IOException {
    Path offsets = kept.resolve("offsets").resolve(Long.toString(number));
    Matcher time = TIME.matcher(new String(Files.readAllBytes(offsets), StandardCharsets.UTF_8));
    if (!time.find()) throw new IOException("Spark has not written down when it began batch " + number);
    return Long.parseLong(time.group(1));
  }

  private void watch(StreamingQuery query) {
    try {
      query.awaitTermination();
      say(OVER, "");
    } catch (Exception error) {
      error.printStackTrace();
      try {
        say(Leat.FAULT, Leat.reasonOf(error));
      } catch (IOException e) {
        // leat has ended.
      }
    }
  }

  private void say(char type, String text) throws IOException {
    synchronized (out) {
      Frame.write(out, type, text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }
}
