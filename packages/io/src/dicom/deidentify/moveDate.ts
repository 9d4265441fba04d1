import { isDate } from "../write/dates.ts";

/**
 * A date or a date and time (PS3.5 6.2: DA, DT), `days` earlier; the time of day stays.
 *
 * Undefined for anything else, so that nothing else passes for a date.
 */
export function moveDate(text: string, days: number): string | undefined {
  const [, year, month, day, rest = ""] = /^(\d{4})(\d\d)(\d\d)((?:\d{2}){0,3}(?:\.\d{1,6})?(?:[+-]\d{4})?)$/.exec(text) ?? [];
  if (year === undefined || rest.startsWith(".")) return undefined;
  if (!isDate(`${year}${month}${day}`)) return undefined;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  date.setUTCDate(date.getUTCDate() - days);
  return `${date.toISOString().slice(0, 10).replaceAll("-", "")}${rest}`;
}
