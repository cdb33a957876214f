import { duration, flag, optionalFlag, text } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { fileInWords } from '../files/file-words.ts';
import { textParameters, textType } from '../framing/text.ts';
import { hdfsFault, readHdfsAddress } from '../hdfs/address.ts';
import { HdfsFiles } from '../hdfs/found.ts';
import { WebHdfs } from '../hdfs/web-hdfs.ts';
import { RemoteReading } from '../remote/reading.ts';

export const hdfs = defineSource({
  name: 'hdfs',
  summary: 'The lines of files in HDFS: of those that come, or of those that are there',
  synonyms: ['hadoop', 'webhdfs', 'textFileStream', 'name node'],
  docs: [
    'Reads over HTTP (WebHDFS) each new file of a directory, or of those that a glob matches, once, as `watch` does: a file is read when it has been the same for two looks, so that it is best written under another name and renamed, as Hadoop does itself. Names that begin with a point or `_`, or end in `._COPYING_` or `.tmp`, are passed over.',
    'With `existing: true` those that are there at the start are read first; with `until: "end"` or `--once` these are all, as one batch, as by `files`. `hdfs://`, `webhdfs://` and `http://` mean the same, and the port is that of HTTP, 9870 unless given. Files that are packed by gzip, zstd, xz, bzip2 or lz4 are unpacked.',
    'A node that does not answer is waited for, and reading goes on where it was; with `wait: false` that is a failure (exit 3). `user:` is the name that HDFS is told, which it believes unless it asks for Kerberos, which is not spoken here. What writes there is `save("hdfs://namenode:9870/out/hits", "json")`, a file a batch.',
  ].join(' '),
  examples: [
    {
      program: 'hdfs("http://namenode:9870/logs/*.log") | countByValue',
      notRun: 'it needs HDFS',
      in: 'a\nb\na',
      out: 'a\t2\nb\t1',
    },
    {
      program: 'hdfs("hdfs://namenode/logs/2026-*/part-*", until: "end", user: "hive") | json | countBy(.path)',
      notRun: 'it needs HDFS',
      in: '{"path":"/"}',
      out: '/\t1',
    },
  ],
  parameters: {
    url: text('the HTTP address of a name node, and a file, directory or glob', { apart: true }).checked(hdfsFault),
    existing: flag('takes the files that are there at the start as well'),
    until: text('where to end: with the files that are there at the start (`"end"`)', {
      named: true,
      choices: ['end'],
    }).optional(),
    every: duration('how long from one look to the next', { named: true, apart: true }).or(1000),
    user: text('the name that HDFS is told', { named: true, apart: true }).optional(),
    wait: optionalFlag('whether to wait for a node that does not answer, which it does unless told otherwise'),
    ...textParameters,
  },
  gives: textType,
  origins: 'file',
  splitInWords: fileInWords,
  behaviour: ({ until }) => ({
    kind: until === undefined ? 'live' : 'bounded',
    replayable: true,
    open({ url, user, until, wait, ...args }, context, from) {
      const { root, path } = readHdfsAddress(url)!;
      const isBounded = until !== undefined || context.once;
      const files = new HdfsFiles(new WebHdfs(root, user), path);
      return new RemoteReading(files, { ...args, isBounded, wait: wait ?? true }, context, from);
    },
  }),
});
