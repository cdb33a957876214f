package leat;

import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import org.apache.spark.SparkFiles;

/**
 * How a worker is started, in the folder that leat was started in where there is one of that path, and which leat it has to be: that of an archive which was
 * shipped by this name, with its own Node where there is one in it (`spark.archives=leat.tgz#leat`), else the one of the path that it has where leat was started.
 */
final class Command implements Serializable {
  private static final long serialVersionUID = 1;
  private static final String SHIPPED = "leat", SCRIPT = "bin/leat.js", NODE = "node";
  final String version;
  final String folder;
  final String[] words;

  Command(String version, String folder, String[] words) {
    this.version = version;
    this.folder = folder;
    this.words = words;
  }

  Process start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(wordsHere()).redirectError(ProcessBuilder.Redirect.INHERIT);
    File directory = new File(folder);
    return (directory.isDirectory() ? builder.directory(directory) : builder).start();
  }

  /** The words are Node, the script of leat, and what it is told. */
  private String[] wordsHere() {
    File shipped = new File(SparkFiles.get(SHIPPED)).getAbsoluteFile();
    File script = new File(shipped, SCRIPT), node = new File(shipped, NODE);
    if (!script.isFile()) return words;
    String[] here = words.clone();
    if (node.canExecute()) here[0] = node.getPath();
    here[1] = script.getPath();
    return here;
  }
}
