const PRIORITIES: Record<string, string> = {
  none: 'No priority',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  urgent: 'Urgent',
};

export function priorityWord(priority: string): string {
  return PRIORITIES[priority] ?? priority;
}

/** Only these two are worth a badge in a row. */
export function isPressing(priority: string): boolean {
  return priority === 'high' || priority === 'urgent';
}
