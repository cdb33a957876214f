import { nearest } from './nearest.ts';

const LEGACY = /^(?:Etc\/|SystemV\/|[A-Z]+$)/;

/** What to write in place of a zone that there is not: the one of that city, or one that is a few letters away. */
export function zoneHint(name: string): string {
  const zones = Intl.supportedValuesOf('timeZone').filter((zone) => !LEGACY.test(zone));
  const city = `/${name.toLowerCase().replaceAll(' ', '_')}`;
  const near = zones.find((zone) => zone.toLowerCase().endsWith(city)) ?? nearest(name, zones);
  return near === undefined ? 'zones are called like "Europe/Berlin" or "+02:00"' : `did you mean "${near}"?`;
}
