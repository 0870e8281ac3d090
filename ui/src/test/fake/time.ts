// The few times of the snooze grammar that the fake host reads.

/** The instant that a text names, if it names one. */
export function instantOf(text: string, now: number): number | null {
  const typed = text.trim().toLowerCase();
  const hours = /^(?:in )?(\d+) ?h$/.exec(typed)?.[1];
  if (hours !== undefined) return now + Number(hours) * 3_600_000;
  if (typed === 'this evening') return new Date(now).setHours(18, 0, 0, 0);
  const named = /^(tomorrow|monday)(?: morning| (?:at )?(\d{1,2})(?::(\d\d))? ?(am|pm)?)?$/.exec(typed);
  if (!named) {
    const iso = /^\d{4}-\d\d-\d\d/.test(typed) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(iso) ? null : iso;
  }
  const [, day, hour = '9', minute = '0', half] = named;
  const base = new Date(now);
  const days = day === 'tomorrow' ? 1 : (8 - base.getDay()) % 7 || 7;
  return new Date(
    base.getFullYear(),
    base.getMonth(),
    base.getDate() + days,
    Number(hour) + (half === 'pm' ? 12 : 0),
    Number(minute),
  ).getTime();
}
