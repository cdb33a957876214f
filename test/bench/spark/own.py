"""The jobs of run.mjs as programs of Spark's own, in one session: SQL over a batch, and Structured Streaming over the files that are there.

usage: own.py MASTER PARTITIONS; then a line of standard input for each run, `sql|stream words|json IN OUT`, which is answered when it is done.
IN is a folder of files of lines; the answer is written as CSV by Spark, in one file of the folder OUT.
"""

import shutil
import sys
import tempfile

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

master, partitions = sys.argv[1:]
spark = (
    SparkSession.builder.master(master)
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    # With the 200 that Spark has by itself a stream takes several times as long.
    .config("spark.sql.shuffle.partitions", partitions)
    .getOrCreate()
)

SCHEMA = "status int, latency_ms double"


def words(lines: DataFrame) -> DataFrame:
    return lines.select(F.explode(F.split("value", " ")).alias("word")).groupBy("word").count()


def requests(rows: DataFrame) -> DataFrame:
    return rows.groupBy("status").agg(F.count("*"), F.avg("latency_ms"))


def write(rows: DataFrame, out: str) -> None:
    rows.coalesce(1).write.mode("overwrite").csv(out, sep="\t")


def run(way: str, job: str, folder: str, out: str) -> None:
    reader = spark.read if way == "sql" else spark.readStream
    if job == "words":
        rows = words(reader.text(folder))
    else:
        rows = requests(reader.schema(SCHEMA).json(folder))
    if way == "sql":
        write(rows, out)
        return
    kept = tempfile.mkdtemp(prefix="own-")
    query = (
        rows.writeStream.outputMode("complete")
        .trigger(availableNow=True)
        .option("checkpointLocation", kept)
        .foreachBatch(lambda batch, _number: write(batch, out))
        .start()
    )
    query.awaitTermination()
    shutil.rmtree(kept)


print("ready", flush=True)
for line in sys.stdin:
    run(*line.split())
    print("done", flush=True)
spark.stop()
