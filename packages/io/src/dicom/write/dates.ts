/** Whether a text is a day of the calendar (PS3.5 6.2: DA). */
export function isDate(text: string): boolean {
  const [, year, month, day] = (/^(\d{4})(\d\d)(\d\d)$/.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Whether a text is a time of day (PS3.5 6.2: TM). */
export const isTime = (text: string): boolean => /^([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?$/.test(text);
