const WORDS: Record<string, string> = {
  none: 'No priority',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  urgent: 'Urgent',
};

/** From the least pressing on. */
export const PRIORITIES = Object.keys(WORDS);

export function priorityWord(priority: string): string {
  return WORDS[priority] ?? priority;
}

/** Only these two are worth a badge in a row. */
export function isPressing(priority: string): boolean {
  return priority === 'high' || priority === 'urgent';
}
