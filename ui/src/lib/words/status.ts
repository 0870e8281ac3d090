import Archive from '@lucide/svelte/icons/archive';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDot from '@lucide/svelte/icons/circle-dot';
import Clock from '@lucide/svelte/icons/clock';
import ShieldX from '@lucide/svelte/icons/shield-x';
import type { Component } from 'svelte';

type Word = { label: string; icon: Component<{ class?: string }> };

export const STATUSES: Record<string, Word> = {
  active: { label: 'Active', icon: CircleDot },
  snoozed: { label: 'Snoozed', icon: Clock },
  done: { label: 'Done', icon: CircleCheck },
  archived: { label: 'Archived', icon: Archive },
  spam: { label: 'Spam', icon: ShieldX },
};

/** A status that this version does not know is shown as the help desk calls it. */
export function statusWord(status: string): Word {
  return STATUSES[status] ?? { label: status, icon: CircleDot };
}
