/**
 * Minutes ahead of UTC of the abbreviations that programs write behind a time. Of those with several meanings the one of RFC 2822 counts
 * (EST to PDT are of North America), else the one with the most people: IST is India's, BST British summer time.
 */
const MINUTES_AHEAD: { readonly [abbreviation: string]: number } = {
  Z: 0,
  UT: 0,
  UTC: 0,
  GMT: 0,
  WET: 0,
  WEST: 60,
  BST: 60,
  CET: 60,
  MET: 60,
  CEST: 120,
  MEST: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  SAST: 120,
  EAT: 180,
  WAT: 60,
  CAT: 120,
  PKT: 300,
  IST: 330,
  WIB: 420,
  HKT: 480,
  SGT: 480,
  AWST: 480,
  JST: 540,
  KST: 540,
  ACST: 570,
  ACDT: 630,
  AEST: 600,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  BRT: -180,
  ART: -180,
  NST: -210,
  NDT: -150,
  AST: -240,
  ADT: -180,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  AKST: -540,
  AKDT: -480,
  HST: -600,
};

/** How far a zone that is written as an abbreviation is ahead of UTC, ms; undefined for any other text. */
export function abbreviatedOffset(text: string): number | undefined {
  const name = text.toUpperCase();
  return Object.hasOwn(MINUTES_AHEAD, name) ? MINUTES_AHEAD[name]! * 60_000 : undefined;
}
