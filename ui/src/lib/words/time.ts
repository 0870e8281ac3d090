// Instants as an agent reads them, in the zone of this computer. `now` is passed in, so that a test can say when it is.

const DAY = 86_400_000;
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayMonthYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const longDay = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const longDayYear = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

function startOfDay(instant: number): number {
  return new Date(instant).setHours(0, 0, 0, 0);
}

/** Calendar days between two instants: 0 is today, 1 was yesterday. */
export function daysAgo(at: string | number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(new Date(at).getTime())) / DAY);
}

/** "14:28". */
export function clockTime(at: string | number): string {
  return clock.format(new Date(at));
}

/** In a row: "14:28" today, "Wed" in the last six days, "12 May" this year, else "12 May 2025". */
export function rowTime(at: string, now: number): string {
  const date = new Date(at);
  const ago = daysAgo(at, now);
  if (ago <= 0) return clock.format(date);
  if (ago < 7) return weekday.format(date);
  return date.getFullYear() === new Date(now).getFullYear() ? dayMonth.format(date) : dayMonthYear.format(date);
}

/** In a thread: "14:28", "Tue 16:12", "12 May, 16:12". */
export function messageTime(at: string, now: number): string {
  const ago = daysAgo(at, now);
  const time = clockTime(at);
  if (ago <= 0) return time;
  return ago < 7 ? `${weekday.format(new Date(at))} ${time}` : `${dayMonth.format(new Date(at))}, ${time}`;
}

/** Above a day's messages: "Today", "Yesterday", "Tuesday 19 May". */
export function dayRule(at: string, now: number): string {
  const ago = daysAgo(at, now);
  if (ago === 0) return 'Today';
  if (ago === 1) return 'Yesterday';
  const date = new Date(at);
  return (date.getFullYear() === new Date(now).getFullYear() ? longDay : longDayYear).format(date).replace(',', '');
}

/** An instant ahead: "16:32", "Fri 09:00", "Mon 25 May, 09:00". */
export function ahead(at: string | number, now: number): string {
  const date = new Date(at);
  const days = -daysAgo(at, now);
  const time = clockTime(at);
  if (days <= 0) return time;
  if (days < 7) return `${weekday.format(date)} ${time}`;
  return `${weekday.format(date)} ${dayMonth.format(date)}, ${time}`;
}

/** In full: "Friday 22 May, 09:00". */
export function inFull(at: string | number): string {
  return `${longDay.format(new Date(at)).replace(',', '')}, ${clockTime(at)}`;
}

/** A day long ago: "12 May 2025". */
export function day(at: string | number): string {
  return dayMonthYear.format(new Date(at));
}

/** "Europe/Berlin" → "Berlin time". */
export function zoneName(zone = Intl.DateTimeFormat().resolvedOptions().timeZone): string {
  return `${zone.split('/').at(-1)?.replaceAll('_', ' ') ?? zone} time`;
}
