import { printExpression } from '../../text/printer.ts';
import type { Argument, Call } from '../../tree/tree.ts';

/** What to write for a word that others have: the words of Spark Streaming that are not Spark's name for a stage of ours. */
type Answer = (args: string, list: readonly string[]) => string;

const RUNS_BY_ITSELF = 'leave it out: a program runs by itself, to its end or until Ctrl-C';
const KEPT = 'leave it out: a stream that several others use has a name, `let a = …;`, and is read once';
const KAFKA: Answer = () => 'a command reads from Kafka: `exec("kcat -C -b localhost:9092 -t topic")`';
const SAVES: Answer = (args) => `\`save(${args || '"out/part"'})\` writes a file for each batch`;

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  [
    'socketTextStream',
    (args, [, port = '9999']) =>
      `\`connect(${args || '"localhost", 9999'})\` reads what a server sends; \`listen(${port})\` is the server itself`,
  ],
  ['rawSocketStream', (args) => `\`connect(${args || '"localhost", 9999'})\``],
  ['textFileStream', (args) => `\`watch(${args || '"in"'})\` reads the files that come into a directory`],
  ['fileStream', (args) => `\`watch(${args || '"in"'})\` reads the files that come into a directory`],
  ['textFile', (args) => `\`files(${args || '"app.log"'})\``],
  ['queueStream', (_args, list) => `\`queue(${batchesOf(list)})\` has a list for each batch`],
  ['kafkaStream', KAFKA],
  ['createStream', KAFKA],
  ['createDirectStream', KAFKA],
  ['saveAsTextFiles', SAVES],
  ['saveAsObjectFiles', SAVES],
  ['saveAsHadoopFiles', SAVES],
  ['saveAsNewAPIHadoopFiles', SAVES],
  ['pprint', (args) => (args === '' ? '`print`' : `\`print(${args})\``)],
  [
    'foreachRDD',
    () =>
      '`exec("…", each: "batch")` gives each batch to a command; `save`, `append` and `send` write it, functions of yours come in by `--import`',
  ],
  ['foreach', () => '`exec("…", each: "batch")` gives each batch to a command; `save`, `append` and `send` write it'],
  ['checkpoint', () => 'leave it out: windows and states need none, and are kept as long as the run goes on'],
  ['cache', () => KEPT],
  ['persist', () => KEPT],
  ['start', () => RUNS_BY_ITSELF],
  ['awaitTermination', () => RUNS_BY_ITSELF],
]);

/** What to write instead of a word of Spark's that is none of ours; undefined for all other words. */
export function foreignStage(call: Call): string | undefined {
  const list = call.arguments.map(written);
  return ANSWERS.get(call.name)?.(list.join(', '), list);
}

/** What gives so many records, where a word that is no stage has a number as others write it: `first(5)`, `tail(5)`. */
export function soManyRecords(call: Call): string | undefined {
  const [first] = call.arguments;
  const word = BY_NUMBER.get(call.name);
  return word !== undefined && isCount(first) ? `\`${word}(${written(first!)})\`` : undefined;
}

const BY_NUMBER: ReadonlyMap<string, string> = new Map([
  ['first', 'take'],
  ['tail', 'last'],
]);

function isCount(argument: Argument | undefined): boolean {
  return argument?.value.kind === 'literal' && typeof argument.value.value === 'number';
}

function written({ name, value }: Argument): string {
  const text = value.kind === 'stream' ? '…' : printExpression(value);
  return name === undefined ? text : `${name}: ${text}`;
}

/** Spark's queue has the batches as a list of lists. */
function batchesOf(list: readonly string[]): string {
  const [only = '["a", "b"], ["c"]'] = list;
  return list.length === 1 && only.startsWith('[[') ? only.slice(1, -1) : list.join(', ') || only;
}
