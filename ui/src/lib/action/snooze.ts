import Calendar from '@lucide/svelte/icons/calendar';
import Clock from '@lucide/svelte/icons/clock';
import MessageSquareReply from '@lucide/svelte/icons/message-square-reply';
import Sunrise from '@lucide/svelte/icons/sunrise';
import Sunset from '@lucide/svelte/icons/sunset';
import type { Component } from 'svelte';

/** Ready-made texts of the snooze grammar; the engine resolves them like typed ones. */
export const SNOOZES: { label: string; text: string; icon: Component<{ class?: string }> }[] = [
  { label: 'In 2 hours', text: '2h', icon: Clock },
  { label: 'This evening', text: 'this evening', icon: Sunset },
  { label: 'Tomorrow morning', text: 'tomorrow morning', icon: Sunrise },
  { label: 'Next week', text: 'monday', icon: Calendar },
  { label: 'Until the customer replies', text: 'until reply', icon: MessageSquareReply },
];

export type Day = { date: Date; outside: boolean; past: boolean; today: boolean };

/** The weeks of a month, Monday first, for picking a day. */
export function daysOf(year: number, month: number, now: number): Day[] {
  const first = new Date(year, month, 1);
  const start = new Date(year, month, 1 - ((first.getDay() + 6) % 7));
  const today = new Date(now).setHours(0, 0, 0, 0);
  const weeks = Math.ceil((((first.getDay() + 6) % 7) + new Date(year, month + 1, 0).getDate()) / 7);
  return Array.from({ length: weeks * 7 }, (_, index) => {
    const date = new Date(start.getFullYear(), start.getMonth(), start.getDate() + index);
    return { date, outside: date.getMonth() !== month, past: date.getTime() < today, today: date.getTime() === today };
  });
}

/** The day at nine, in the grammar's ISO form. */
export function nineOn(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T09:00`;
}
