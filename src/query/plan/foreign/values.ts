import { type Answers, byWord } from './answer.ts';

/** What to write for a word that others have for an aggregate, with what it is of put in. */
export const AGGREGATES = byWord([
  [
    'median med percentile_50',
    (args) => `\`p50(${args || '.ms'})\`, or exactly \`exactQuantile(${args || '.ms'}, 0.5)\``,
  ],
  ['percentile percentile_cont percentile_disc pct quantiles', (_args, list) => quantileOf(list)],
  ['p999', (args) => `\`quantile(${args || '.ms'}, 0.999)\``],
  ['p75', (args) => `\`quantile(${args || '.ms'}, 0.75)\``],
  ['std sd stdev stddev_samp standardDeviation', (args) => `\`stddev(${args || '.ms'})\`, that of a sample`],
  ['variance var var_samp', (args) => `\`stddev(${args || '.ms'}) ** 2\`, that of a sample`],
  ['total', (args) => `\`sum(${args || '.ms'})\``],
  ['nunique n_distinct count_distinct uniqueCount unique uniq dcount', (args) => `\`distinct(${args || '.user'})\``],
  ['collect collect_list array_agg group_concat string_agg toList', (_args, [of = '.user']) => `\`list(${of})\``],
  ['collect_set toSet', (_args, [of = '.user']) => `\`set(${of})\``],
  ['any any_value', (args) => `\`first(${args || '.user'})\``],
  ['most_common mostFrequent', (args) => `\`mode(${args || '.user'})\``],
  ['n num cnt size length', '`count()`'],
  ['countIf count_if', (args) => `\`count(${args || '.ok'})\``],
  ['argmax', (_args, [of = '.path', by = '.ms']) => `\`maxBy(${of}, ${by})\``],
  ['argmin', (_args, [of = '.path', by = '.ms']) => `\`minBy(${of}, ${by})\``],
  [
    'corr correlation pearson',
    (_args, [x = '.x', y = '.y']) =>
      `\`(avg(${x} * ${y}) - avg(${x}) * avg(${y})) / sqrt((avg(${x} ** 2) - avg(${x}) ** 2) * (avg(${y} ** 2) - avg(${y}) ** 2))\``,
  ],
] satisfies Answers);

/** The share stands behind or before what it is of, in some languages as a percentage. */
function quantileOf(list: readonly string[]): string {
  const isShare = (item: string) => /^\[?\d*\.?\d/.test(item);
  const given = Number.parseFloat(list.find(isShare)?.replace('[', '') ?? '0.95');
  const of = list.find((item) => !isShare(item)) ?? '.ms';
  return `\`quantile(${of}, ${given > 1 ? Number((given / 100).toFixed(10)) : given})\``;
}

/** The part of a list that others count from 1, or back from -1. */
function partAt(at: string): string {
  if (at.startsWith('-')) return `.slice(${at})[0]`;
  return `[${/^\d+$/.test(at) ? Number(at) - 1 : `${at} - 1`}]`;
}

/** The part of a text that others name by where it begins, counted from 1 or back from -1, and by how long it is. */
function sliceAt(at: string | undefined, length: string | undefined): string {
  if (at === undefined) return '.slice(0, 3)';
  const isNumber = (text: string) => /^-?\d+$/.test(text);
  const start = at.startsWith('-') ? at : isNumber(at) ? `${Math.max(0, Number(at) - 1)}` : `${at} - 1`;
  if (length === undefined) return `.slice(${start})`;
  if (!isNumber(start) || !isNumber(length)) return `.slice(${start}, ${start} + ${length})`;
  const end = Number(start) + Number(length);
  return `.slice(${start}${start.startsWith('-') && end >= 0 ? '' : `, ${end}`})`;
}

/** What to write for a word that others have for a function. What there is none of leads to a function of one's own. */
export const FUNCTIONS = byWord([
  ['Seconds seconds', (args) => `a duration is written as it is: \`${args || '30'}s\``],
  ['Milliseconds milliseconds millis', (args) => `a duration is written as it is: \`${args || '500'}ms\``],
  ['Minutes minutes', (args) => `a duration is written as it is: \`${args || '5'}m\``],
  ['Hours hours', (args) => `a duration is written as it is: \`${args || '1'}h\``],
  ['Days days', (args) => `a duration is written as it is: \`${args || '1'}d\``],
  [
    'int Int integer parseInt',
    (_args, [of = '.n']) => `\`number(${of})\`; without its decimals \`trunc(number(${of}))\``,
  ],
  ['float Float double parseFloat Number toNumber to_number', (_args, [of = '.n']) => `\`number(${of})\``],
  ['str String toStr to_string', (_args, [of = '.n']) => `\`string(${of})\``],
  ['size cardinality', (args) => `\`len(${args || '.items'})\``],
  ['lowercase lcase', (args) => `\`lower(${args || '.name'})\``],
  ['uppercase ucase', (args) => `\`upper(${args || '.name'})\``],
  ['substr mid', (_args, [of = '.name', at, length]) => `\`${of}${sliceAt(at, length)}\`, counted from 0`],
  ['contains instr strpos', (_args, [of = '.name', what = '"x"']) => `\`${of}.includes(${what})\``],
  ['isnull isNull is_null isna', (args) => `\`${args || '.a'} == null\``],
  ['isNotNull notnull is_not_null', (args) => `\`${args || '.a'} != null\``],
  ['ifnull nvl isnull_or default_value', (args) => `\`coalesce(${args || '.a, 0'})\``],
  ['case when iff', '`condition ? a : b`, or `if(condition, a, b)`'],
  [
    'Date date datetime to_timestamp to_date timestamp parseDate parseTime strptime parse_date',
    (_args, [of = '.time']) => `\`time(${of})\``,
  ],
  ['regexp_extract regexpExtract regex_extract', (_args, [of = '.url']) => `\`${of}.match(/id=(\\d+)/)[1]\``],
  ['split_index', (_args, [of = '.url', by = '"/"', at = '3']) => `\`${of}.split(${by})[${at}]\``],
  [
    'split_part splitPart',
    (_args, [of = '.url', by = '"/"', at = '4']) => `\`${of}.split(${by})${partAt(at)}\`, counted from 0`,
  ],
  [
    'substring_index',
    (_args, [of = '.url', by = '"/"', count = '3']) =>
      `\`${of}.split(${by}).slice(${count.startsWith('-') ? count : `0, ${count}`}).join(${by})\``,
  ],
  ['strftime date_format formatDate', (_args, [of = '.time']) => `\`formatTime(${of}, "yyyy-MM-dd HH:mm:ss")\``],
  [
    'weekday dow dayofweek',
    (args) => `\`dayOfWeek(${args || '.time'})\`, from 1 on Monday, or \`formatTime(${args || '.time'}, "EEE")\``,
  ],
  [
    'date_trunc trunc_time truncate',
    (_args, list) =>
      `\`startOf(${list.find((item) => !item.startsWith('"')) ?? '.time'}, ${list.find((item) => item.startsWith('"')) ?? '"hour"'})\``,
  ],
  ['current_timestamp getdate today', '`now()`, the time of the batch'],
  [
    'atob btoa base64 decodeURIComponent encodeURIComponent urldecode urlencode md5 sha1 sha256 crc32 jwt decode encode unhex hex uuid',
    (_args, [of = '.a']) =>
      `there is none: a module of yours, \`--import ./own.mjs\`, may have one, \`export const own = (text) => atob(text)\`, for \`map(own(${of}))\`; \`parseQuery\` decodes what stands behind a \`?\`, \`hash\` gives a number for any value`,
  ],
] satisfies Answers);
