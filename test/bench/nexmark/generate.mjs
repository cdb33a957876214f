// Events of an auction house, the same for the same seed: node test/bench/nexmark/generate.mjs EVENTS [--seed N] [--rate EVENTS] [--disorder EVENTS] [--side FILE] > FILE
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { random } from '../random.mjs';

/*
 * The shape is that of the generator of Nexmark (https://github.com/nexmark/nexmark): of 50 events one is a person, three are auctions and 46 bids; ids
 * grow; half of all bids are for one hot auction of the last hundred, three quarters by one hot bidder, three quarters of all auctions by one hot seller.
 * An event is one JSON object with one field, Person, Auction or Bid. The numbers come from a generator of our own, so events are not the same as there.
 */
const PROPORTIONS = { person: 1, auction: 3, bid: 46 };
const ALL = PROPORTIONS.person + PROPORTIONS.auction + PROPORTIONS.bid;
const FIRST_ID = 1000;
const FIRST_CATEGORY = 10;
const CATEGORIES = 5;
/** How many ids ahead of the last one an event may name, of what is still to come. */
const LEAD = 10;
const ACTIVE_PEOPLE = 1000;
const AUCTIONS_IN_FLIGHT = 100;
/** One of so many people or auctions is hot. */
const HOT_OF = 100;
const HOT = { auction: 2, bidder: 4, seller: 4, channel: 2 };
const CHANNELS = 10_000;
/** About how long an event is in all, characters. */
const SIZES = { person: 200, auction: 500, bid: 100 };
export const START = Date.UTC(2026, 0, 1, 23, 59, 30);

const STATES = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY'];
const CITIES = [
  ...['Phoenix', 'Los Angeles', 'San Francisco', 'Boise', 'Portland'],
  ...['Bend', 'Redmond', 'Seattle', 'Kent', 'Cheyenne'],
];
const FIRST_NAMES = [
  ...['Peter', 'Paul', 'Luke', 'John', 'Saul', 'Vicky'],
  ...['Kate', 'Julie', 'Sarah', 'Deiter', 'Walter'],
];
const LAST_NAMES = ['Shultz', 'Abrams', 'Spencer', 'White', 'Bartels', 'Walton', 'Smith', 'Jones', 'Noris'];
const HOT_CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple'];

/** The number of the last person, from 0, when an event of that number comes. */
const lastPerson = (number) => Math.floor(number / ALL);

/** The same of auctions; -1 before the first one. */
function lastAuction(number) {
  const offset = (number % ALL) - PROPORTIONS.person;
  const ofBefore = Math.floor(number / ALL) * PROPORTIONS.auction;
  return ofBefore + Math.min(offset, PROPORTIONS.auction - 1);
}

/** The events that `settings` asks for: how many, the seed, how many of them a second, and how many stand in a group that is out of order. */
export function* events({ count, seed = 1, rate = 10_000, disorder = 1 }) {
  const next = random(seed);
  const below = (limit) => Math.floor(next() * limit);
  const oneOf = (list) => list[below(list.length)];
  const price = () => Math.round(10 ** (next() * 6) * 100);
  const letters = (most, special = ' ') => {
    let text = '';
    for (let left = 3 + below(most - 3); left > 0; left--)
      text += below(13) === 0 ? special : String.fromCharCode(97 + below(26));
    return text.trim();
  };
  const filler = Array.from({ length: 1 << 16 }, () => String.fromCharCode(97 + below(26))).join('');
  /** So much text that an event with `length` characters beside it has about its size. */
  const extra = (length, size) => {
    if (length > size) return '';
    const missing = size - length;
    const length_ = Math.round(missing * 0.8) + below(Math.max(1, Math.round(missing * 0.4)));
    const from = below(filler.length - length_);
    return filler.slice(from, from + length_);
  };
  const baseUrl = () =>
    `https://www.nexmark.com/${letters(5, '_')}/${letters(5, '_')}/${letters(5, '_')}/item.htm?query=1`;
  const hotUrls = HOT_CHANNELS.map(baseUrl);
  const channels = Array.from({ length: CHANNELS }, (_, i) => {
    const id = below(10) > 0 ? `&channel_id=${Math.imul(i + 1, 0x9e3779b1) >>> 1}` : '';
    return { channel: `channel-${i}`, url: baseUrl() + id };
  });
  /** When the event of that number happens, ms. */
  const timeOf = (number) => START + Math.floor((number * 1000) / rate);
  const isoTime = (ms) => new Date(ms).toISOString();

  const somePerson = (number) => {
    const people = lastPerson(number) + 1;
    const active = Math.min(people, ACTIVE_PEOPLE);
    return people - active + below(active + LEAD);
  };
  const someAuction = (number) => {
    const last = lastAuction(number);
    const least = Math.max(last - AUCTIONS_IN_FLIGHT, 0);
    return least + below(last - least + 1 + LEAD);
  };
  const hot = (last) => Math.floor(last / HOT_OF) * HOT_OF;

  const person = (number, time) => {
    const name = `${oneOf(FIRST_NAMES)} ${oneOf(LAST_NAMES)}`;
    const emailAddress = `${letters(7)}@${letters(5)}.com`;
    const creditCard = Array.from({ length: 4 }, () => String(below(10_000)).padStart(4, '0')).join(' ');
    const city = oneOf(CITIES);
    const state = oneOf(STATES);
    const length = 8 + name.length + emailAddress.length + creditCard.length + city.length + state.length;
    const id = FIRST_ID + lastPerson(number);
    const dateTime = isoTime(time);
    return { id, name, emailAddress, creditCard, city, state, dateTime, extra: extra(length, SIZES.person) };
  };

  const auction = (number, time) => {
    const seller = FIRST_ID + (below(HOT.seller) > 0 ? hot(lastPerson(number)) : somePerson(number));
    const category = FIRST_CATEGORY + below(CATEGORIES);
    const initialBid = price();
    const horizon = timeOf(number + Math.floor((AUCTIONS_IN_FLIGHT * ALL) / PROPORTIONS.auction)) - timeOf(number);
    const expires = isoTime(time + 1 + below(Math.max(horizon * 2, 1)));
    const itemName = letters(20);
    const description = letters(100);
    const reserve = initialBid + price();
    const fields = { itemName, description, initialBid, reserve, dateTime: isoTime(time), expires, seller, category };
    const length = 48 + itemName.length + description.length;
    return { id: FIRST_ID + lastAuction(number), ...fields, extra: extra(length, SIZES.auction) };
  };

  const bid = (number, time) => {
    const auctionId = FIRST_ID + (below(HOT.auction) > 0 ? hot(lastAuction(number)) : someAuction(number));
    const bidder = FIRST_ID + (below(HOT.bidder) > 0 ? hot(lastPerson(number)) + 1 : somePerson(number));
    const hotChannel = below(HOT_CHANNELS.length);
    const { channel, url } =
      below(HOT.channel) > 0 ? { channel: HOT_CHANNELS[hotChannel], url: hotUrls[hotChannel] } : oneOf(channels);
    const fields = { auction: auctionId, bidder, price: price(), channel, url, dateTime: isoTime(time) };
    return { ...fields, extra: extra(32, SIZES.bid) };
  };

  for (let i = 0; i < count; i++) {
    // Within a group each number comes once, as long as its size has no factor in common with 953.
    const number = Math.floor(i / disorder) * disorder + ((i * 953) % disorder);
    const time = timeOf(number);
    const rest = number % ALL;
    if (rest < PROPORTIONS.person) yield { Person: person(number, time) };
    else if (rest < PROPORTIONS.person + PROPORTIONS.auction) yield { Auction: auction(number, time) };
    else yield { Bid: bid(number, time) };
  }
}

/** The table of query 13: a value for each number, as CSV with a header. */
export function sideInput(rows = 10_000) {
  return `key,value\n${Array.from({ length: rows }, (_, i) => `${i},${i}\n`).join('')}`;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      rate: { type: 'string', default: '10000' },
      disorder: { type: 'string', default: '1' },
      side: { type: 'string' },
    },
  });
  const [count, seed, rate, disorder] = [positionals[0], values.seed, values.rate, values.disorder].map(Number);
  if (![count, seed, rate, disorder].every(Number.isInteger) || rate < 1 || disorder < 1) {
    process.stderr.write(
      'usage: node test/bench/nexmark/generate.mjs EVENTS [--seed N] [--rate EVENTS] [--disorder EVENTS] [--side FILE] > FILE\n',
    );
    process.exit(2);
  }
  if (values.side !== undefined) writeFileSync(values.side, sideInput());
  let block = '';
  for (const event of events({ count, seed, rate, disorder })) {
    block += `${JSON.stringify(event)}\n`;
    if (block.length < 1 << 20) continue;
    if (!process.stdout.write(block)) await once(process.stdout, 'drain');
    block = '';
  }
  process.stdout.write(block);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
