// What is measured: one row a job. Commands run in the folder of the inputs, by the shell.
import { atMost, atMostLonger, faster, fastest, memoryOfKeys, memoryWithin, sameMemory } from './targets.mjs';

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const leat = (program, flags = '') => `"$LEAT" ${flags} ${quoted(program)}`;
const duckdb = (query) => `duckdb -noheader -list -separator '\t' -c ${quoted(query)}`;
const mlr = (input, verbs) => `mlr ${input} --otsv --headerless-csv-output ${verbs}`;
const counted = `LC_ALL=C sort | uniq -c | awk '{print $2 "\\t" $1}'`;
const tenMost = `LC_ALL=C sort -t "$(printf '\\t')" -k2,2nr -k1,1 | head -n 10`;

/** Inputs: the name of the file that the commands read, and what test/bench/generate.mjs, or another generator of so many rows, fills it with. */
export const inputs = {
  'words.txt': { kind: 'words' },
  'words-tenfold.txt': { kind: 'words', copiesOf: 'words.txt', copies: 10 },
  'requests.json': { kind: 'json' },
  'requests.json.gz': { packed: 'requests.json' },
  'events.json': { kind: 'events' },
  'access.log': { kind: 'clf' },
  'clients.log': { kind: 'clients' },
  'service.log': { kind: 'log' },
  'ids.txt': { kind: 'ids' },
  'orders.csv': { kind: 'csv' },
  'requests.logfmt': { kind: 'logfmt' },
  'measurements.txt': { generator: 'measurements.mjs' },
  'teams.csv': { text: 'service,team\napi,core\nweb,front\nauth,core\npay,money\n' },
};

/** A whole line as DuckDB's only column: the delimiter is a character that no input holds. */
const linesIn = (file) =>
  `read_csv('${file}', columns={line: 'VARCHAR'}, delim='\t', quote='', escape='', header=false, auto_detect=false)`;
const requests = `read_json('requests.json', format='newline_delimited', columns={status: 'INTEGER', path: 'VARCHAR', latency_ms: 'DOUBLE'})`;
const events = `(select *, time::timestamp as t from read_json('events.json', format='newline_delimited', columns={time: 'VARCHAR', service: 'VARCHAR', status: 'INTEGER', latency_ms: 'DOUBLE'}))`;
const accessesOf = (file) =>
  `read_csv('${file}', delim=' ', quote='"', header=false, auto_detect=false, columns={host: 'VARCHAR', ident: 'VARCHAR', account: 'VARCHAR', time: 'VARCHAR', zone: 'VARCHAR', request: 'VARCHAR', status: 'INTEGER', bytes: 'VARCHAR', referrer: 'VARCHAR', agent: 'VARCHAR'})`;
const accesses = accessesOf('access.log');
const nested = `read_json('requests.json', format='newline_delimited', columns={service: 'VARCHAR', status: 'INTEGER', latency_ms: 'DOUBLE', "user": 'STRUCT(id INTEGER, name VARCHAR)'})`;
const measurements = `read_csv('measurements.txt', delim=';', quote='', header=false, auto_detect=false, columns={station: 'VARCHAR', t: 'DOUBLE'})`;
const perStation = {
  mawk: `mawk -F ';' '{n[$1]++; sum[$1] += $2; if (n[$1] == 1 || $2 < least[$1]) least[$1] = $2; if (n[$1] == 1 || $2 > most[$1]) most[$1] = $2} END {for (station in n) printf "%s\\t%.1f\\t%.9f\\t%.1f\\n", station, least[station], sum[station] / n[station], most[station]}' measurements.txt`,
  duckdb: duckdb(`select station, min(t), avg(t), max(t) from ${measurements} group by station`),
};
const orders = `read_csv('orders.csv', header=true, auto_detect=false, quote='"', delim=',', columns={id: 'BIGINT', time: 'VARCHAR', city: 'VARCHAR', state: 'VARCHAR', amount: 'DOUBLE', note: 'VARCHAR'})`;

const countWords = 'files("words.txt") | words | countByValue';
const mawkWords = `mawk '{for (i = 1; i <= NF; i++) count[$i]++} END {for (word in count) print word "\\t" count[word]}'`;
const accessFields = `agrind --file access.log '* | parse "* - * [*] \\"* * *\\" * * \\"*\\" \\"*\\"" as host, user, time, method, path, protocol, status, bytes, referrer, agent`;

/** Of each service: how many requests, how many that failed, and the slowest. */
const perService = 'groupBy(.service, {n: count(), failed: count(.status >= 500), slowest: max(.latency_ms)})';
const perServiceSql = 'count(*), count(*) filter (status >= 500), max(latency_ms)';

/*
 * `program` and `flags` are leat's; `leat` is its command where that is more than these. `peers` are the commands of the others, by
 * the names that the tables show, of which the first word is the tool. Those in `floors` give another answer or do not work at all,
 * and are there to compare times only. `tolerances`: see answers.mjs; `looser` has them for
 * peers that estimate more roughly. `repeat`: runs in a round, for what is over at once.
 */
export const jobs = [
  {
    id: '1',
    title: 'count the words of a file',
    inputs: ['words.txt'],
    program: countWords,
    peers: {
      mawk: `${mawkWords} words.txt`,
      gawk: `g${mawkWords.slice(1)} words.txt`,
      duckdb: duckdb(
        `select word, count(*) from (select unnest(string_split(line, ' ')) as word from ${linesIn('words.txt')}) group by word`,
      ),
      'sort | uniq': `tr ' ' '\\n' < words.txt | ${counted}`,
      'wc -w': 'wc -w words.txt',
    },
    floors: ['wc -w'],
    targets: [faster('mawk', 8), faster('duckdb', 3), faster('wc -w', 2)],
  },
  {
    id: '2',
    title: 'count the words of a pipe',
    inputs: ['words.txt'],
    program: 'words | countByValue',
    leat: `cat words.txt | ${leat('words | countByValue', '--once')}`,
    peers: { mawk: `cat words.txt | ${mawkWords}` },
    targets: [faster('mawk', 5)],
  },
  {
    id: '3',
    title: 'the same, spelt as Spark would',
    inputs: ['words.txt'],
    program: 'files("words.txt") | flatMap(_.split(" ")) | map([_, 1]) | reduceByKey(_ + _)',
    peers: { 'leat (job 1)': leat(countWords) },
    targets: [atMost(1.2, 'leat (job 1)')],
  },
  {
    id: '4',
    title: 'group JSON: count, mean and 99th percentile',
    inputs: ['requests.json'],
    program:
      'files("requests.json") | json | groupBy(.status, {n: count(), mean: avg(.latency_ms), p99: quantile(.latency_ms, 0.99)})',
    peers: {
      duckdb: duckdb(
        `select status, count(*), avg(latency_ms), approx_quantile(latency_ms, 0.99) from ${requests} group by status`,
      ),
      agrind: `agrind --file requests.json --output json '* | json | count as n, avg(latency_ms) as mean, p99(latency_ms) as p99 by status'`,
      // One list of everything: adding to a list within an object copies the list each time.
      jq: `jq -rn '[inputs | [.status, .latency_ms]] | group_by(.[0])[] | (map(.[1]) | sort) as $v | ($v | length) as $n | [.[0][0], $n, ($v | add / $n), $v[($n * 0.99 | ceil) - 1]] | @tsv' requests.json`,
      mlr: mlr('--ijsonl', 'stats1 -a count,mean,p99 -f latency_ms -g status requests.json'),
    },
    // Sums in another order; estimates of a quantile, each of its own kind.
    tolerances: { 2: 1e-6, 3: 0.025 },
    looser: { agrind: { 2: 1e-6, 3: 0.1 } },
    targets: [faster('duckdb', 1.5), faster('agrind', 3), faster('jq', 25), faster('mlr', 40)],
  },
  {
    id: '5',
    title: 'filter JSON, ten most frequent paths',
    inputs: ['requests.json'],
    program:
      'files("requests.json") | json | filter(.status >= 500 && .path.startsWith("/api")) | countBy(.path) | top(10)',
    peers: {
      duckdb: duckdb(
        `select path, count(*) as n from ${requests} where status >= 500 and starts_with(path, '/api') group by path order by n desc, path limit 10`,
      ),
      agrind: `agrind --file requests.json --output 'format={path}\t{n}' '* | json | where status >= 500 and substring(path, 0, 4) == "/api" | count as n by path | sort by n desc, path' | head -n 10`,
      jq: `jq -r 'select(.status >= 500 and (.path | startswith("/api"))).path' requests.json | ${counted} | ${tenMost}`,
      mlr: mlr(
        '--ijsonl',
        `filter '$status >= 500 && $path =~ "^/api"' then count-distinct -f path then sort -nr count -f path then head -n 10 requests.json`,
      ),
    },
    targets: [faster('duckdb', 1.5)],
  },
  {
    id: '6a',
    title: 'count an access log by status',
    inputs: ['access.log'],
    program: 'files("access.log") | clf | countBy(.status)',
    peers: {
      mawk: `mawk '{count[$9]++} END {for (status in count) print status "\\t" count[status]}' access.log`,
      gawk: `gawk '{count[$9]++} END {for (status in count) print status "\\t" count[status]}' access.log`,
      duckdb: duckdb(`select status, count(*) from ${accesses} group by status`),
      mlr: mlr("--inidx --ifs ' '", 'count -g 9 access.log'),
      agrind: `${accessFields} | count as n by status' --output 'format={status}\t{n}'`,
      rare: `rare histogram --all --csv - -m '" (\\d{3}) ' -e '{1}' access.log | tail -n +2 | tr , '\\t'`,
      'cut | sort | uniq': `cut -d ' ' -f 9 access.log | ${counted}`,
    },
    targets: [faster('mawk', 3), fastest()],
  },
  {
    id: '6b',
    title: 'the ten busiest clients of an access log',
    inputs: ['access.log'],
    program: 'files("access.log") | clf | countBy(.host) | top(10)',
    peers: {
      mawk: `mawk '{count[$1]++} END {for (host in count) print host "\\t" count[host]}' access.log | ${tenMost}`,
      gawk: `gawk '{count[$1]++} END {for (host in count) print host "\\t" count[host]}' access.log | ${tenMost}`,
      duckdb: duckdb(`select host, count(*) as n from ${accesses} group by host order by n desc, host limit 10`),
      mlr: mlr("--inidx --ifs ' '", 'count -g 1 then sort -nr count -f 1 then head -n 10 access.log'),
      agrind: `${accessFields} | count as n by host | sort by n desc, host' --output 'format={host}\t{n}' | head -n 10`,
      'cut | sort | uniq': `cut -d ' ' -f 1 access.log | ${counted} | ${tenMost}`,
    },
    targets: [faster('mawk', 3), fastest()],
  },
  {
    id: '7',
    title: 'lines with "error", to a file',
    inputs: ['service.log'],
    program: 'files("service.log") | filter(_.includes("error"))',
    peers: {
      rg: 'rg --fixed-strings error service.log',
      'grep -F': 'LC_ALL=C grep -F error service.log',
      mawk: 'mawk /error/ service.log',
      duckdb: duckdb(`select line from ${linesIn('service.log')} where contains(line, 'error')`),
    },
    targets: [atMost(2, 'rg')],
  },
  {
    id: '8',
    title: 'the number of distinct ids',
    inputs: ['ids.txt'],
    program: 'files("ids.txt") | distinct | count',
    peers: {
      mawk: `mawk '!($0 in seen) {seen[$0]; n++} END {print n}' ids.txt`,
      gawk: `gawk '!($0 in seen) {seen[$0]; n++} END {print n}' ids.txt`,
      duckdb: duckdb(`select count(distinct line) from ${linesIn('ids.txt')}`),
      'sort -u | wc -l': 'LC_ALL=C sort -u ids.txt | wc -l',
    },
    targets: [faster('mawk', 2), faster('duckdb', 1), memoryOfKeys(2, 32, 19, Number)],
  },
  {
    id: '9',
    title: 'a program without a kernel: templates, named groups, nested lists',
    inputs: ['service.log'],
    program: 'leat -f test/bench/row-wise.leat',
    leat: '"$LEAT" -f "$BENCH/row-wise.leat"',
    peers: { 'node, by hand': 'node "$BENCH/by-hand.mjs" service.log' },
    targets: [faster('node, by hand', 1)],
  },
  {
    id: '11',
    title: 'from start to answer',
    inputs: [],
    program: 'words',
    leat: `echo a | ${leat('words')}`,
    peers: { mawk: `echo a | mawk '{for (i = 1; i <= NF; i++) print $i}'`, 'node -e 0': 'node -e 0' },
    floors: ['node -e 0'],
    repeat: 7,
    targets: [atMostLonger(40, 'node -e 0')],
  },
  {
    id: '12',
    title: 'memory at ten times the input',
    inputs: ['words.txt', 'words-tenfold.txt'],
    program: countWords,
    // Divided by ten, the answer is the same.
    peers: {
      'leat, ten times the input': leat('files("words-tenfold.txt") | words | countByValue | map([_[0], _[1] / 10])'),
    },
    targets: [sameMemory('leat, ten times the input'), memoryWithin(150)],
  },
  {
    id: '13',
    title: 'group CSV: count and sum',
    inputs: ['orders.csv'],
    program: 'files("orders.csv") | csv | groupBy(.city, {n: count(), total: sum(.amount)})',
    peers: {
      mawk: `mawk -F , 'NR > 1 {n[$3]++; total[$3] += $5} END {for (city in n) printf "%s\\t%d\\t%.6f\\n", city, n[city], total[city]}' orders.csv`,
      duckdb: duckdb(`select city, count(*), sum(amount) from ${orders} group by city`),
      mlr: mlr('--icsv', 'stats1 -a count,sum -f amount -g city orders.csv'),
    },
    tolerances: { 2: 1e-9 },
    targets: [faster('mawk', 1)],
  },
  {
    id: '14',
    title: 'group logfmt: count and mean',
    inputs: ['requests.logfmt'],
    program: 'files("requests.logfmt") | logfmt | groupBy(.service, {n: count(), mean: avg(.ms)})',
    peers: {
      // The fields stand in the same places in each line, which only these two rely on.
      mawk: `mawk '{service = substr($3, 9); n[service]++; total[service] += substr($7, 4)} END {for (service in n) printf "%s\\t%d\\t%.9f\\n", service, n[service], total[service] / n[service]}' requests.logfmt`,
      duckdb: duckdb(
        `select split_part(split_part(line, ' ', 3), '=', 2) as service, count(*), avg(split_part(split_part(line, ' ', 7), '=', 2)::double) from ${linesIn('requests.logfmt')} group by service`,
      ),
      agrind: `agrind --file requests.logfmt --output json '* | logfmt | count as n, avg(ms) as mean by service'`,
      mlr: mlr("--idkvp --ifs ' '", 'stats1 -a count,mean -f ms -g service requests.logfmt'),
    },
    tolerances: { 2: 1e-6 },
    targets: [fastest()],
  },
  {
    id: '15a',
    title: 'windows of a minute by event time over JSON',
    inputs: ['events.json'],
    program: `files("events.json") | json | window(1m, on: .time) | ${perService}`,
    peers: {
      duckdb: duckdb(`select service, ${perServiceSql} from ${events} group by date_trunc('minute', t), service`),
    },
    targets: [faster('duckdb', 1)],
  },
  {
    id: '15b',
    title: 'windows of five minutes, each minute one',
    inputs: ['events.json'],
    program: `files("events.json") | json | window(5m, 1m, on: .time) | ${perService}`,
    peers: {
      duckdb: duckdb(
        `select service, ${perServiceSql} from (select *, unnest(range(5)) as back from ${events}) group by date_trunc('minute', t) - to_minutes(back), service`,
      ),
    },
    targets: [faster('duckdb', 1)],
  },
  {
    id: '16',
    title: 'how often each of 260,000 clients came',
    inputs: ['clients.log'],
    program: 'files("clients.log") | clf | countBy(.host)',
    peers: {
      mawk: `mawk '{count[$1]++} END {for (host in count) print host "\\t" count[host]}' clients.log`,
      duckdb: duckdb(`select host, count(*) from ${accessesOf('clients.log')} group by host`),
    },
    targets: [faster('duckdb', 1)],
  },
  {
    id: '17',
    title: 'group packed JSON: count and mean',
    inputs: ['requests.json.gz'],
    program: 'files("requests.json.gz") | json | groupBy(.status, {n: count(), mean: avg(.latency_ms)})',
    peers: {
      duckdb: duckdb(
        `select status, count(*), avg(latency_ms) from ${requests.replace('requests.json', 'requests.json.gz')} group by status`,
      ),
    },
    tolerances: { 2: 1e-6 },
    targets: [faster('duckdb', 1)],
  },
  {
    id: '18a',
    title: 'least, mean and most of 413 stations (1BRC), as csv',
    inputs: ['measurements.txt'],
    program:
      'files("measurements.txt") | csv(delimiter: ";", header: false, columns: ["station", "t"]) | groupBy(.station, {least: min(.t), mean: avg(.t), most: max(.t)})',
    peers: perStation,
    tolerances: { 1: 1e-9, 2: 1e-6, 3: 1e-9 },
    targets: [faster('mawk', 3), faster('duckdb', 1)],
  },
  {
    id: '18b',
    title: 'the same, by splitting lines',
    inputs: ['measurements.txt'],
    program:
      'files("measurements.txt") | map(.split(";")) | groupBy(_[0], {least: min(number(_[1])), mean: avg(number(_[1])), most: max(number(_[1]))})',
    peers: perStation,
    tolerances: { 1: 1e-9, 2: 1e-6, 3: 1e-9 },
    targets: [faster('mawk', 3), faster('duckdb', 1)],
  },
  {
    id: '19',
    title: 'sessions of a user in JSON, by how many requests they have',
    inputs: ['events.json'],
    program: 'files("events.json") | json | session(.user.id, {n: count()}, gap: 10s, on: .time) | countBy(.n)',
    peers: {
      duckdb: duckdb(
        `with apart as (select u, t, coalesce(t - lag(t) over (partition by u order by t) >= interval 10 seconds, true) as begins from (select time::timestamp as t, "user".id as u from read_json('events.json', format='newline_delimited', columns={time: 'VARCHAR', "user": 'STRUCT(id INTEGER)'}))), numbered as (select u, sum(begins::int) over (partition by u order by t rows unbounded preceding) as session from apart) select n, count(*) from (select count(*) as n from numbered group by u, session) group by n`,
      ),
    },
    targets: [faster('duckdb', 1)],
  },
  {
    id: '20',
    title: 'JSON with a table looked up, grouped by a column of it',
    inputs: ['requests.json', 'teams.csv'],
    program:
      'files("requests.json") | json | lookup("teams.csv", on: .service) | groupBy(.team, {n: count(), slowest: max(.latency_ms)})',
    peers: {
      duckdb: duckdb(
        `select team, count(*), max(latency_ms) from ${nested} join read_csv('teams.csv') using (service) group by team`,
      ),
    },
    targets: [faster('duckdb', 1)],
  },
  {
    id: '21',
    title: 'group JSON by a field of an inner object',
    inputs: ['requests.json'],
    program:
      'files("requests.json") | json | filter(.user.id < 50000) | groupBy(.user.name, {n: count(), slowest: max(.latency_ms)})',
    peers: {
      duckdb: duckdb(
        `select "user".name, count(*), max(latency_ms) from ${nested} where "user".id < 50000 group by "user".name`,
      ),
    },
    targets: [faster('duckdb', 1)],
  },
].map((job) => ({ floors: [], looser: {}, repeat: 1, leat: leat(job.program), ...job }));
