import { withoutSecrets } from '../../base/secrets.ts';

/** An address where a source should stand, and what it is as one. */
interface Address {
  /** How long it is, UTF-16 units. */
  readonly length: number;
  readonly problem: { readonly message: string; readonly label: string; readonly help: string };
}

/** The address that a text begins with: `tcp://host:9999`, `listen:9999`; undefined where it begins with none. */
export function readAddress(text: string): Address | undefined {
  const [url, scheme, rest] = /^(\w+):\/\/([^\s|;'"`(){}]*)/.exec(text) ?? [];
  if (url !== undefined) {
    return {
      length: url.length,
      problem: {
        message: 'an address is no source',
        label: 'no word',
        help: sourceFor(scheme!.toLowerCase(), rest!, url),
      },
    };
  }
  const [whole, name, argument] = /^(\w+):([^\s|;'"`(){}]+)/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const written = /^\d+$/.test(argument!) ? argument! : JSON.stringify(argument);
  const known = name === 'tcp' ? (written === argument ? 'listen' : 'connect') : name === 'file' ? 'files' : name!;
  return {
    length: whole.length,
    problem: {
      message: 'the arguments of a word stand in brackets',
      label: 'brackets are missing',
      help: `\`${known}(${known === 'connect' ? hostAndPort(argument!) : written})\``,
    },
  };
}

function sourceFor(scheme: string, rest: string, url: string): string {
  switch (scheme) {
    case 'tcp':
    case 'socket':
    case 'telnet':
      return /^(?:0\.0\.0\.0|\*|):\d+$/.test(rest)
        ? `\`listen(${rest.split(':')[1]})\` is a server`
        : `\`connect(${hostAndPort(rest)})\` reads what a server sends`;
    case 'unix':
      return `\`unix(${JSON.stringify(rest || 'leat.sock')})\` is a server at a socket of the file system`;
    case 'file':
      return `\`files(${JSON.stringify(rest || 'app.log')})\`, or \`tail(…)\` to follow it`;
    case 'kafka':
      return `\`kafka(${JSON.stringify(rest.split('/')[0] || 'localhost:9092')}, ${JSON.stringify(rest.split('/')[1] || 'topic')})\` reads a topic`;
    case 'redis':
    case 'rediss':
      return `\`redis(${JSON.stringify(withoutSecrets(url))}, "stream")\` reads a stream`;
    case 'nats':
      return `\`nats(${JSON.stringify(withoutSecrets(url))}, "subject")\` reads what is sent`;
    case 'mqtt':
    case 'mqtts':
      return `\`mqtt(${JSON.stringify(withoutSecrets(url))}, "topic")\` reads a topic`;
    case 'amqp':
    case 'amqps':
      return `\`amqp(${JSON.stringify(withoutSecrets(url))}, "queue")\` reads a queue`;
    case 'postgres':
    case 'postgresql':
      return `\`postgres(${JSON.stringify(withoutSecrets(url))}, "select * from t")\` reads what a select gives`;
    case 'mysql':
    case 'mariadb':
      return `\`mysql(${JSON.stringify(withoutSecrets(url).replace(/^mariadb/, 'mysql'))}, "select * from t")\` reads what a select gives`;
    case 'sqlite':
      return `\`sqlite(${JSON.stringify(rest || 'app.db')}, "select * from t")\` reads what a select gives`;
    case 'tls':
    case 'ssl':
      return `\`connect(${hostAndPort(rest)}, tls: true)\` reads what a server sends`;
    case 'syslog':
      return `\`syslog(${rest.split(':')[1] || '5514'}) | syslog\` takes what comes over the network`;
    case 'ws':
    case 'wss':
      return `a command reads it: \`exec("websocat ${url}")\``;
    case 's3':
      return `\`files(${JSON.stringify(url)})\` reads what is there, and \`watch(…)\` what comes`;
    case 'hdfs':
      return `\`hdfs(${JSON.stringify(url)}, until: "end")\` reads what is there, and without \`until:\` what comes`;
    case 'udp':
      return `\`udp(${rest.split(':')[1] || '8125'})\` receives datagrams`;
    default:
      return `a command reads it: \`exec("curl -sN ${url}")\``;
  }
}

function hostAndPort(rest: string): string {
  const [host, port] = rest.split('/')[0]!.split(':');
  return `${JSON.stringify(host || 'localhost')}, ${/^\d+$/.test(port ?? '') ? port : '9999'}`;
}
