import { type Answer, type Answers, byWord, unlessInHdfs } from './answer.ts';

const RUNS_BY_ITSELF = 'leave it out: a program runs by itself, to its end or until Ctrl-C';
const KEPT = 'leave it out: a stream that several others use has a name, `let a = …;`, and is read once';
const SAVES: Answer = (args) => `\`save(${args || '"out/part"'})\` writes a file for each batch`;
const COMMANDS =
  '`exec("…", each: "batch")` gives each batch to a command; `save`, `append` and `send` write it, functions of yours come in by `--import`';

const KAFKA = '`kafka("localhost:9092", "topic")` reads all partitions of a topic';
const FLUME = '`flume(41414)` takes what agents of Flume send';

/** Spark's words for sources, sinks and a run that are not the name of a word where they stand, in the order of a program. */
export const SPARK_ANSWERS: Answers = [
  [
    'socketTextStream',
    (args, [, port = '9999']) =>
      `\`connect(${args || '"localhost", 9999'})\` reads what a server sends; \`listen(${port})\` is the server itself`,
  ],
  ['socketStream rawSocketStream', (args) => `\`connect(${args || '"localhost", 9999'})\``],
  [
    'textFileStream fileStream binaryRecordsStream',
    unlessInHdfs(
      (args) => `\`watch(${args || '"in"'})\` reads the files that come into a directory`,
      (args) => `\`hdfs(${args})\` reads the files that come into a directory`,
    ),
  ],
  [
    'textFile wholeTextFiles',
    unlessInHdfs(
      (args) => `\`files(${args || '"app.log"'})\``,
      (_args, [path]) => `\`hdfs(${path}, until: "end")\``,
    ),
  ],
  ['queueStream', (_args, list) => `\`queue(${batchesOf(list)})\` has a list for each batch`],
  ['kafkaStream createDirectStream', KAFKA],
  [
    'createStream',
    // The one of FlumeUtils has an address, those of others have texts.
    (_args, [, host, port = '']) =>
      /^\d+$/.test(port)
        ? `\`flume(${port}, host: ${host})\` takes what agents of Flume send`
        : `of FlumeUtils, ${FLUME}; of KafkaUtils, ${KAFKA}`,
  ],
  ['createPollingStream', FLUME],
  ['receiverStream actorStream', '`exec("…")` reads what a command writes, and a pipe what any program does'],
  ['pprint', (args) => (args === '' ? '`print`' : `\`print(${args})\``)],
  ['saveAsTextFiles saveAsObjectFiles saveAsHadoopFiles saveAsNewAPIHadoopFiles', SAVES],
  ['foreachRDD foreach', COMMANDS],
  ['transformWith', 'all stages work on a batch: `transform(join(other))` is `join(other)`'],
  [
    'checkpoint getOrCreate',
    '`--checkpoint state/` keeps the run in a directory, and goes on from there when it is started again',
  ],
  ['cache persist', KEPT],
  ['remember', 'leave it out: a window keeps what it needs'],
  ['start awaitTermination', RUNS_BY_ITSELF],
  ['stop awaitTerminationOrTimeout', '`--for 60s` or `--batches 10` end a run; so do Ctrl-C and the end of its input'],
];

export const SPARK = byWord(SPARK_ANSWERS);

/** Spark's queue has the batches as a list of lists. */
function batchesOf(list: readonly string[]): string {
  const [only = '["a", "b"], ["c"]'] = list;
  return list.length === 1 && only.startsWith('[[') ? only.slice(1, -1) : list.join(', ') || only;
}
