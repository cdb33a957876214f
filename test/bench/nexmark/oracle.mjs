// What each query of Nexmark has to give, as plainly as it can be said: loops over all events in memory, without anything of leat.

const WINDOW = 10_000;

const ms = (text) => Date.parse(text);
const euros = (price) => Math.round(price * 908) / 1000;
const day = (text) => text.slice(0, 10);
const minute = (text) => text.slice(11, 16);
const mean = (numbers) => Math.trunc(sum(numbers) / numbers.length);
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const pick = (from, ...names) => Object.fromEntries(names.map((name) => [name, from[name]]));

/** Lists of what has the same key, by the texts of the keys, in the order first seen. */
function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = String(keyOf(item));
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return groups;
}

/** The items in windows of 10 seconds, one every `slide` ms, by their starts. */
function windows(items, slide) {
  const all = items.flatMap((item) => {
    const time = ms(item.dateTime);
    const starts = [];
    for (let start = Math.floor(time / slide) * slide; start > time - WINDOW; start -= slide) starts.push(start);
    return starts.map((start) => ({ start, item }));
  });
  return [...grouped(all, ({ start }) => start)].map(([start, held]) => ({
    start: Number(start),
    items: held.map(({ item }) => item),
  }));
}

const highest = (bids) => {
  const price = Math.max(...bids.map((bid) => bid.price));
  return bids.filter((bid) => bid.price === price);
};

/** Of each auction that has one, its highest bid; of several the earliest. */
function won({ auctions, bids }) {
  const byAuction = grouped(bids, (bid) => bid.auction);
  return auctions.flatMap((auction) => {
    const open = (byAuction.get(String(auction.id)) ?? []).filter(
      (bid) => ms(bid.dateTime) >= ms(auction.dateTime) && ms(bid.dateTime) <= ms(auction.expires),
    );
    const [first] = highest(open).sort((a, b) => ms(a.dateTime) - ms(b.dateTime));
    return first === undefined ? [] : [{ auction, bid: first }];
  });
}

function levels(bids) {
  const ranks = {
    total: bids,
    rank1: bids.filter(({ price }) => price < 10_000),
    rank2: bids.filter(({ price }) => price >= 10_000 && price < 1_000_000),
    rank3: bids.filter(({ price }) => price >= 1_000_000),
  };
  const each = (what, of) =>
    Object.fromEntries(Object.entries(ranks).map(([name, all]) => [`${name}_${what}`, of(all)]));
  const different = (field) => (all) => new Set(all.map((bid) => bid[field])).size;
  return {
    counts: each('bids', (all) => all.length),
    bidders: each('bidders', different('bidder')),
    auctions: each('auctions', different('auction')),
  };
}

const BID = ['auction', 'bidder', 'price', 'dateTime', 'extra'];

const QUERIES = {
  q0: ({ bids }) => bids.map((bid) => pick(bid, ...BID)),

  q1: ({ bids }) => bids.map((bid) => ({ ...pick(bid, ...BID), price: euros(bid.price) })),

  q2: ({ bids }) => bids.filter(({ auction }) => auction % 123 === 0).map((bid) => pick(bid, 'auction', 'price')),

  q3({ auctions, people }) {
    const near = people.filter(({ state }) => state === 'OR' || state === 'ID' || state === 'CA');
    return auctions
      .filter(({ category }) => category === 10)
      .flatMap(({ id, seller }) =>
        near.filter((person) => person.id === seller).map(({ name, city, state }) => ({ name, city, state, id })),
      );
  },

  q4(events) {
    const categories = grouped(won(events), ({ auction }) => auction.category);
    return [...categories].map(([category, all]) => ({
      category: Number(category),
      final: mean(all.map(({ bid }) => bid.price)),
    }));
  },

  q5: ({ bids }) =>
    windows(bids, 2000).flatMap(({ items }) => {
      const counts = [...grouped(items, ({ auction }) => auction)].map(([auction, all]) => {
        return { auction: Number(auction), num: all.length };
      });
      const most = Math.max(...counts.map(({ num }) => num));
      return counts.filter(({ num }) => num === most);
    }),

  q6(events) {
    const sellers = grouped(won(events), ({ auction }) => auction.seller);
    return [...sellers].map(([seller, all]) => {
      const inTime = all.sort((a, b) => ms(a.bid.dateTime) - ms(b.bid.dateTime) || a.auction.id - b.auction.id);
      return { seller: Number(seller), avg_price: mean(inTime.slice(-10).map(({ bid }) => bid.price)) };
    });
  },

  q7: ({ bids }) =>
    windows(bids, WINDOW).flatMap(({ items }) =>
      highest(items).map((bid) => pick(bid, 'auction', 'price', 'bidder', 'dateTime', 'extra')),
    ),

  q8({ people, auctions }) {
    const sellers = new Map(
      windows(auctions, WINDOW).map(({ start, items }) => [start, new Set(items.map(({ seller }) => seller))]),
    );
    return windows(people, WINDOW).flatMap(({ start, items }) =>
      items.filter(({ id }) => sellers.get(start)?.has(id)).map(({ id, name }) => ({ id, name, stime: start })),
    );
  },

  q9: (events) =>
    won(events).map(({ auction, bid }) => ({
      ...auction,
      ...pick(bid, 'auction', 'bidder', 'price'),
      bid_dateTime: bid.dateTime,
      bid_extra: bid.extra,
    })),

  q10: ({ bids }) => bids.map((bid) => ({ ...pick(bid, ...BID), dt: day(bid.dateTime), hm: minute(bid.dateTime) })),

  q11: ({ bids }) =>
    [...grouped(bids, ({ bidder }) => bidder)].flatMap(([bidder, all]) => {
      const sessions = [];
      for (const time of all.map(({ dateTime }) => ms(dateTime)).sort((a, b) => a - b)) {
        const last = sessions.at(-1);
        if (last === undefined || time > last.end)
          sessions.push({ bidder: Number(bidder), start: time, end: time + WINDOW, bid_count: 1 });
        else {
          last.end = time + WINDOW;
          last.bid_count++;
        }
      }
      return sessions;
    }),

  /** Of all bids as they came in one window of the clock; see `countsOf`. */
  q12: ({ bids }) => countsOf(bids),

  q13: ({ bids }) =>
    bids.map((bid) => ({
      ...pick(bid, 'auction', 'bidder', 'price', 'dateTime'),
      value: bid.auction % 10_000,
    })),

  q14: ({ bids }) =>
    bids
      .filter(({ price }) => euros(price) > 1_000_000 && euros(price) < 50_000_000)
      .map((bid) => {
        const hour = new Date(bid.dateTime).getUTCHours();
        const isNight = hour <= 6 || hour >= 20;
        return {
          ...pick(bid, 'auction', 'bidder', 'dateTime', 'extra'),
          price: euros(bid.price),
          bidTimeType: hour >= 8 && hour <= 18 ? 'dayTime' : isNight ? 'nightTime' : 'otherTime',
          c_counts: [...bid.extra].filter((letter) => letter === 'c').length,
        };
      }),

  q15: ({ bids }) =>
    [...grouped(bids, ({ dateTime }) => day(dateTime))].map(([date, all]) => {
      const { counts, bidders, auctions } = levels(all);
      return { day: date, ...counts, ...bidders, ...auctions };
    }),

  q16: ({ bids }) =>
    [...grouped(bids, ({ channel, dateTime }) => `${channel} ${day(dateTime)}`).values()].map((all) => {
      const { counts, bidders, auctions } = levels(all);
      const [{ channel, dateTime }] = all;
      const last = all
        .map((bid) => minute(bid.dateTime))
        .sort()
        .at(-1);
      return { channel, day: day(dateTime), minute: last, ...counts, ...bidders, ...auctions };
    }),

  q17: ({ bids }) =>
    [...grouped(bids, ({ auction, dateTime }) => `${auction} ${day(dateTime)}`).values()].map((all) => {
      const prices = all.map(({ price }) => price);
      const [{ auction, dateTime }] = all;
      return {
        auction,
        day: day(dateTime),
        ...levels(all).counts,
        min_price: Math.min(...prices),
        max_price: Math.max(...prices),
        avg_price: mean(prices),
        sum_price: sum(prices),
      };
    }),

  q18: ({ bids }) =>
    [...grouped(bids, ({ bidder, auction }) => `${bidder} ${auction}`).values()].map((all) =>
      all.reduce((last, bid) => (ms(bid.dateTime) > ms(last.dateTime) ? bid : last)),
    ),

  q19: ({ bids }) =>
    [...grouped(bids, ({ auction }) => auction).values()].flatMap((all) =>
      all
        .sort((a, b) => b.price - a.price || ms(a.dateTime) - ms(b.dateTime) || b.bidder - a.bidder)
        .slice(0, 10)
        .map((bid, i) => ({ ...bid, rank_number: i + 1 })),
    ),

  q20({ bids, auctions }) {
    const known = new Map(auctions.filter(({ category }) => category === 10).map((auction) => [auction.id, auction]));
    return bids.flatMap((bid) => {
      const auction = known.get(bid.auction);
      if (auction === undefined) return [];
      return [
        {
          ...pick(bid, 'auction', 'bidder', 'price', 'channel', 'url'),
          bid_dateTime: bid.dateTime,
          bid_extra: bid.extra,
          ...pick(auction, 'itemName', 'description', 'initialBid', 'reserve', 'expires', 'seller', 'category'),
          auction_dateTime: auction.dateTime,
          auction_extra: auction.extra,
        },
      ];
    });
  },

  q21({ bids }) {
    const names = ['apple', 'google', 'facebook', 'baidu'];
    return bids.flatMap((bid) => {
      const known = names.indexOf(bid.channel.toLowerCase());
      const id = known === -1 ? new URL(bid.url).searchParams.get('channel_id') : String(known);
      return id === null ? [] : [{ ...pick(bid, 'auction', 'bidder', 'price', 'channel'), channel_id: id }];
    });
  },

  q22: ({ bids }) =>
    bids.map((bid) => {
      const [, , , dir1, dir2, dir3] = bid.url.split('/');
      return { ...pick(bid, 'auction', 'bidder', 'price', 'channel'), dir1, dir2, dir3 };
    }),
};

/** How many of these bids each bidder made. */
function countsOf(bids) {
  return [...grouped(bids, ({ bidder }) => bidder)].map(([bidder, all]) => {
    return { bidder: Number(bidder), bid_count: all.length };
  });
}

/** The records that a query has to give over these events, in some order. */
export function answer(query, events) {
  const of = (kind) => events.flatMap((event) => (event[kind] === undefined ? [] : [event[kind]]));
  return QUERIES[query]({ people: of('Person'), auctions: of('Auction'), bids: of('Bid') });
}

export const queries = Object.keys(QUERIES);
