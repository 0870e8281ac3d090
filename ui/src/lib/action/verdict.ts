import Archive from '@lucide/svelte/icons/archive';
import Braces from '@lucide/svelte/icons/braces';
import Check from '@lucide/svelte/icons/check';
import ClockAlert from '@lucide/svelte/icons/clock-alert';
import Equal from '@lucide/svelte/icons/equal';
import Lock from '@lucide/svelte/icons/lock';
import MailX from '@lucide/svelte/icons/mail-x';
import MapPinOff from '@lucide/svelte/icons/map-pin-off';
import MoonStar from '@lucide/svelte/icons/moon-star';
import PhoneOff from '@lucide/svelte/icons/phone-off';
import Repeat from '@lucide/svelte/icons/repeat';
import Ruler from '@lucide/svelte/icons/ruler';
import TextCursorInput from '@lucide/svelte/icons/text-cursor-input';
import Users from '@lucide/svelte/icons/users';
import type { Component } from 'svelte';

type Word = { icon: Component<{ class?: string }>; tone: 'ok' | 'warn' | 'bad' | 'plain' };

const VERDICTS: Record<string, Word> = {
  will_send: { icon: Check, tone: 'ok' },
  will_change: { icon: Check, tone: 'ok' },
  no_change: { icon: Equal, tone: 'plain' },
  voice: { icon: PhoneOff, tone: 'plain' },
  window_closed: { icon: ClockAlert, tone: 'warn' },
  unknown_merge_tag: { icon: Braces, tone: 'bad' },
  empty_field: { icon: TextCursorInput, tone: 'bad' },
  not_permitted: { icon: Lock, tone: 'bad' },
  no_address: { icon: MapPinOff, tone: 'plain' },
  too_long: { icon: Ruler, tone: 'bad' },
  archived: { icon: Archive, tone: 'plain' },
  same_person: { icon: Users, tone: 'warn' },
  recent_mass_reply: { icon: Repeat, tone: 'warn' },
  no_reply: { icon: MailX, tone: 'plain' },
  silent: { icon: MoonStar, tone: 'warn' },
};

export function verdictWord(verdict: string): Word {
  return VERDICTS[verdict] ?? { icon: Equal, tone: 'plain' };
}
