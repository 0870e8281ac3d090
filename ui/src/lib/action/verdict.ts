import Archive from '@lucide/svelte/icons/archive';
import BadgeCheck from '@lucide/svelte/icons/badge-check';
import Braces from '@lucide/svelte/icons/braces';
import Check from '@lucide/svelte/icons/check';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import ClockAlert from '@lucide/svelte/icons/clock-alert';
import Equal from '@lucide/svelte/icons/equal';
import Lock from '@lucide/svelte/icons/lock';
import MailX from '@lucide/svelte/icons/mail-x';
import MapPinOff from '@lucide/svelte/icons/map-pin-off';
import MessageSquareReply from '@lucide/svelte/icons/message-square-reply';
import MoonStar from '@lucide/svelte/icons/moon-star';
import Paperclip from '@lucide/svelte/icons/paperclip';
import PhoneOff from '@lucide/svelte/icons/phone-off';
import Repeat from '@lucide/svelte/icons/repeat';
import Ruler from '@lucide/svelte/icons/ruler';
import TextCursorInput from '@lucide/svelte/icons/text-cursor-input';
import Users from '@lucide/svelte/icons/users';
import type { Component } from 'svelte';

/** What can be done about a group, offered in its line of why. */
export type Remedy = 'fill' | 'fallback' | 'look' | 'correct' | 'approved';

type Word = {
  icon: Component<{ class?: string }>;
  tone: 'ok' | 'warn' | 'bad' | 'plain';
  remedies?: Remedy[];
};

const VERDICTS: Record<string, Word> = {
  will_send: { icon: Check, tone: 'ok' },
  approved_text: { icon: BadgeCheck, tone: 'ok' },
  will_change: { icon: Check, tone: 'ok' },
  no_change: { icon: Equal, tone: 'plain' },
  without_attachment: { icon: Paperclip, tone: 'warn' },
  voice: { icon: PhoneOff, tone: 'plain' },
  window_closed: { icon: ClockAlert, tone: 'warn' },
  unknown_merge_tag: { icon: Braces, tone: 'bad', remedies: ['correct'] },
  empty_field: { icon: TextCursorInput, tone: 'bad', remedies: ['fill', 'fallback'] },
  not_permitted: { icon: Lock, tone: 'bad' },
  no_address: { icon: MapPinOff, tone: 'plain' },
  too_long: { icon: Ruler, tone: 'bad' },
  unsupported: { icon: CircleSlash, tone: 'plain' },
  archived: { icon: Archive, tone: 'plain' },
  same_person: { icon: Users, tone: 'warn', remedies: ['look'] },
  recent_mass_reply: { icon: Repeat, tone: 'warn', remedies: ['look'] },
  answered_meanwhile: { icon: MessageSquareReply, tone: 'warn', remedies: ['look'] },
  no_reply: { icon: MailX, tone: 'plain' },
  silent: { icon: MoonStar, tone: 'warn', remedies: ['look'] },
};

export function verdictWord(verdict: string): Word {
  return VERDICTS[verdict] ?? { icon: Equal, tone: 'plain' };
}
