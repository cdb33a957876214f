import { type Answer, type Answers, byWord, execOf } from './answer.ts';

const FILES: Answer = (args) =>
  `\`files(${args || '"app.log"'})\` reads a file once, packed or not; \`tail(${args || '"app.log"'})\` follows it`;
const DIRECTORY: Answer = (args) =>
  `\`watch(${args || '"in"'})\` reads each new file of a directory; \`files("in/*")\` reads those that are there`;
const TCP: Answer = (args, list) =>
  list.length > 1 || list[0]?.startsWith('"')
    ? `\`connect(${list.length > 1 ? args : `${args}, 9999`})\` reads what a server sends`
    : `\`listen(${args || '9999'})\` is a server for any number of clients; \`connect("host", ${args || '9999'})\` reads from one`;
const COMMAND: Answer = (args) => `\`exec(${args || '"vmstat 1"'})\` runs a command, and reads what it writes`;
const STDIN =
  '`stdin`, which is read where no source is written; `listen`, `connect`, `files`, `tail`, `watch` are others';

/** A command whose output is read. */
function command(line: string, parser = ''): Answer {
  return (_args, list) => `a command reads it: ${execOf(line, list, parser === '' ? ')' : `) | ${parser}`)}`;
}

const HTTP_CLIENT = command('curl -sN {http://localhost:8080/events}');

const HTTP_SERVER: Answer = (_args, [port = '']) =>
  `\`http(${/^\d+$/.test(port) ? port : '8080'})\` is a server that takes what is posted to it`;

/** What to write for a word that others have for a source. Connectors that there are none of lead to the command that does it. */
export const SOURCES = byWord([
  ['file open read readFile text load fromFile', FILES],
  ['unzip zip jar', command('unzip -p {FILE.zip}')],
  ['cat zcat gunzip gzip less more bzcat zstdcat', FILES],
  ['dir directory folder ls inotify watchDir glob path', DIRECTORY],
  ['tcp socket nc netcat ncat server tcpServer tcpListen listenTcp bind port', TCP],
  ['console terminal keyboard in input pipe readline readLines', STDIN],
  ['source from readStream stream readstream fromSource', `a stream starts with a source: ${STDIN}`],
  ['sh bash shell command cmd run spawn system popen process script', COMMAND],
  ['datagram udpSocket statsd', '`udp(8125)` receives datagrams, each of them a record'],
  ['FlumeUtils avroSource flumeAgent', '`flume(41414)` takes what agents of Flume send by their avro sinks'],
  ['otel opentelemetry jaeger zipkin otelcol', '`otlp(4318)` takes what exporters of OpenTelemetry send'],
  ['scribed thrift', '`scribe(1463)` takes what clients of Scribe log'],
  [
    'rsyslog syslogd',
    '`tail("/var/log/syslog") | syslog` follows its file; `syslog(5514) | syslog` takes what comes over the network',
  ],
  ['unixSocket domainSocket', '`unix("leat.sock")` is a server at a socket of the file system'],
  ['kcat kafkacat KafkaSource', (args) => `\`kafka("localhost:9092", ${args || '"topic"'})\` reads a topic`],
  ['https', (args, list) => (/^\d*$/.test(args) && args !== '' ? HTTP_SERVER(args, list) : HTTP_CLIENT(args, list))],
  ['url curl wget fetch rest api get', HTTP_CLIENT],
  ['webhook httpServer http_server post', HTTP_SERVER],
  ['prometheus metrics', command('curl -s {http://localhost:9090/metrics}')],
  [
    'tls ssl openssl',
    '`connect("host", 443, tls: true)` reads what a server sends; `listen(6514, tls: true, cert: "server.pem", key: "server.key")` is a server',
  ],
  [
    'sse eventsource EventSource',
    (args) => `\`subscribe(${args || '"http://localhost:8080/events"'})\` reads a stream of events`,
  ],
  ['ws wss websocket websocat', command('websocat {ws://localhost:8080}')],
  ['docker podman dockerLogs containers', command('docker logs -f --tail 0 {NAME} 2>&1')],
  ['kubectl kubernetes k8s stern pods', command('kubectl logs -f {deploy/NAME}')],
  ['journalctl journald journal systemd', command('journalctl -f -o json', 'json')],
  ['spout setSpout', `a stream starts with a source: ${STDIN}`],
  ['sqlite3', '`sqlite("app.db", "select * from t")` reads what a select gives'],
  ['postgresql pg psql', '`postgres("postgres://localhost/shop", "select * from t")` reads what a select gives'],
  ['mariadb', '`mysql("mysql://localhost/shop", "select * from t")` reads what a select gives'],
  [
    'jdbc database db',
    '`postgres("postgres://…", "select …")`, `mysql("mysql://…", "select …")` or `sqlite("app.db", "select …")` reads what a select gives',
  ],
  ['duckdb parquet avro orc excel xlsx arrow', command('duckdb -csv -c "select * from \'{x.parquet}\'"', 'csv')],
  ['mongo mongodb', command('mongoexport --quiet -d DATABASE -c {COLLECTION}', 'json')],
  ['elasticsearch elastic opensearch', command('curl -s localhost:9200/{INDEX}/_search', 'json | explode(.hits.hits)')],
  ['valkey', '`redis("redis://localhost", "events")` reads a stream, and with `channel: "news"` what is published'],
  ['mosquitto', '`mqtt("mqtt://localhost", "sensors/#")` reads topics'],
  ['jetstream', '`nats("nats://localhost", "orders.>", stream: "ORDERS")` reads a stream'],
  ['rabbitmq rabbit', '`amqp("amqp://localhost", "orders")` reads a queue'],
  [
    's3 s3a aws minio',
    '`files("s3://bucket/logs/*.gz")` reads what is there, `watch("s3://bucket/logs")` what comes, and `save("s3://bucket/out/hits", "json")` writes there',
  ],
  ['gs gcs', command('gcloud storage cat {gs://BUCKET/KEY}')],
  ['blob azure', command('az storage blob download -c {CONTAINER} -n KEY')],
  ['hadoop webhdfs', '`hdfs("http://namenode:9870/path/*")` reads files of HDFS'],
  [
    'kinesis pulsar pubsub sqs eventhub',
    'no connector and no common command: a program of yours that writes lines is `exec("…")`, or `… | leat \'…\'`',
  ],
  ['ssh', command('ssh {HOST} tail -F /var/log/app.log')],
  ['tcpdump pcap wireshark tshark', command('tcpdump -l -n')],
  ['yaml xml toml', command('yq -o json -I 0 . {FILE}', 'json')],
  ['serial', command('cat {/dev/ttyUSB0}')],
  ['ping ps vmstat iostat df', command('vmstat 1')],
  [
    'timer interval ticker every cron clock generate generator counter heartbeat',
    '`rate(1)` gives a record a second, `{time, value}`; a command each minute: `exec("while :; do df; sleep 60; done")`',
  ],
  [
    'range seq repeat',
    (_args, list) => {
      const numbers = list.every((item) => /^\d+$/.test(item)) ? list.join(' ') : '';
      return `a command reads it: \`exec("seq ${numbers || '10'}") | map(number(_))\``;
    },
  ],
  [
    'of just fromList fromIterable parallelize emptyRDD array memory MemoryStream',
    (args) => `\`queue([${args.replace(/^\[(.*)\]$/, '$1') || '1, 2, 3'}])\` has a list for each batch`,
  ],
] satisfies Answers);
