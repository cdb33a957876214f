import { stages } from '../../flow/catalog.ts';
import { SPARK_ANSWERS } from '../../query/plan/foreign/spark.ts';

/** A map from the words of another system to those here: what `leat help spark` shows. */
export interface System {
  readonly name: string;
  readonly title: string;
  readonly parts: readonly {
    readonly title: string;
    readonly rows: readonly (readonly [theirs: string, ours: string])[];
  }[];
}

/** Stages that are called as Spark calls them, and do what they do there. */
const AS_IN_SPARK = [
  'map flatMap filter mapValues flatMapValues mapPartitions glom repartition count countByValue reduce reduceByKey groupByKey combineByKey transform union join',
  'leftOuterJoin rightOuterJoin fullOuterJoin cogroup window countByWindow reduceByWindow reduceByKeyAndWindow groupByKeyAndWindow countByValueAndWindow',
  'updateStateByKey mapWithState stateSnapshots print',
]
  .join(' ')
  .split(' ')
  .filter((name) => name === 'print' || stages.has(name));

const SPARK: System = {
  name: 'spark',
  title: 'From Spark Streaming to leat',
  parts: [
    {
      title: 'The program around it is not needed: a stream is one line',
      rows: [
        ['SparkConf, setAppName', 'nothing: there is no application to name'],
        ['setMaster("local[4]")', '`--workers 4`; a thread for each core unless given'],
        ['new StreamingContext(conf, Seconds(1))', '`--batch 1s`, which is what it is unless given'],
        ['Milliseconds(500), Seconds(30), Minutes(5)', '`500ms`, `30s`, `5m`'],
        ['ssc.textFileStream(…).flatMap(…).map(…)', '`watch(…) | flatMap(…) | map(…)`'],
        ['x => x.split(" ")', 'the same, or `_.split(" ")`'],
        ['(word, 1)', 'a pair is a list of two: `[word, 1]`'],
        ['DStream', 'a stream: what flows between two `|`'],
        ['RDD, time slice', 'a batch: what came in (t - interval, t]; `--format spark` prints it as Spark does'],
        ['val words = …', '`let words = …;`'],
      ],
    },
    {
      title: 'Sources, sinks and the run',
      rows: SPARK_ANSWERS.map(([words, answer]) => [
        words.replaceAll(' ', ', '),
        typeof answer === 'string' ? answer : answer('', []),
      ]),
    },
    {
      title: 'Structured Streaming',
      rows: [
        ['readStream.format("socket")', '`connect("localhost", 9999)`'],
        ['select(explode(split(…)))', '`flatMap(_.split(" "))`'],
        ['groupBy("word").count()', '`countBy(.word)`'],
        ['window($"time", "10 minutes", "5 minutes")', '`window(10m, 5m, on: .time)`'],
        ['withWatermark("time", "10 minutes")', '`late: 10m` of the window'],
        [
          'outputMode("complete"), "update", "append"',
          '`running`; `window(…, emit: "update")`; nothing: windows come out when they are over',
        ],
        ['trigger(processingTime = "5 seconds")', '`--batch 5s`'],
        ['trigger(availableNow), once', '`--once`'],
        ['writeStream.format("console").start()', '`print`'],
        ['dropDuplicates("id")', '`dedupe(.id)`'],
      ],
    },
    { title: 'Called as in Spark', rows: [[AS_IN_SPARK.join(' '), '']] },
  ],
};

const STORM: System = {
  name: 'storm',
  title: 'From Storm and S4 to leat',
  parts: [
    {
      title: 'Storm',
      rows: [
        ['topology', 'the program: stages joined by `|`, streams with names by `let`'],
        ['spout', 'a source: `listen(9999)`, `tail("app.log")`, `exec("…")`'],
        ['bolt', 'a stage: `map(…)`, `filter(…)`, `groupBy(…)`'],
        ['tuple, declareOutputFields', 'a record: an object with fields, `{.user, .ms}`'],
        ['shuffleGrouping', 'nothing: work is shared by the parts of the input, `--workers 4`'],
        ['fieldsGrouping("user")', 'the key of what groups: `groupBy(.user, {…})`, `reduceByKey`, `mapWithState`'],
        ['globalGrouping', 'an aggregation without a key: `count`, `aggregate({…})`'],
        ['allGrouping', 'a table that all see: `lookup("table.csv", on: .key)`'],
        [
          'ack, fail, anchoring',
          'nothing: a batch is done as a whole, and what a sink promises of it `leat explain` says',
        ],
        ['tick tuple', 'the end of a batch, `--batch 1s`'],
        ['Trident partitionAggregate, persistentAggregate', '`groupBy(…)`; `updateStateByKey(…)`, or `running`'],
        ['RollingCountBolt', '`countBy(.word) | window(5m, 10s)`'],
        ['max.spout.pending', 'nothing: a full stage stops reading, and nothing is dropped'],
      ],
    },
    {
      title: 'S4',
      rows: [
        ['event', 'a record'],
        ['keyed stream', 'pairs, `map([.user, _])`, or the key of a stage: `groupBy(.user, …)`'],
        ['processing element, one for each key', '`mapWithState((key, event, state) => [state, output])`'],
        ['PE prototype', 'the function of `mapWithState`'],
        ['time-to-live of a PE', '`mapWithState(…, timeout: 10m)`'],
        ['keyless PE', 'a stage: `map`, `filter`'],
        ['output every n seconds', '`--batch 10s`, or `window(10s)`'],
      ],
    },
  ],
};

export const SYSTEMS: readonly System[] = [SPARK, STORM];
