import Mail from '@lucide/svelte/icons/mail';
import MessageCircle from '@lucide/svelte/icons/message-circle';
import MessageSquare from '@lucide/svelte/icons/message-square';
import Phone from '@lucide/svelte/icons/phone';
import Smartphone from '@lucide/svelte/icons/smartphone';
import type { Component } from 'svelte';
import Facebook from '../ui/glyphs/Facebook.svelte';
import Instagram from '../ui/glyphs/Instagram.svelte';
import WhatsApp from '../ui/glyphs/WhatsApp.svelte';

/** `by` completes "To marta.w@mail.example by …". */
type Word = { label: string; by: string; icon: Component<{ class?: string }> };

const CHANNELS: Record<string, Word> = {
  email: { label: 'Email', by: 'email', icon: Mail },
  chat: { label: 'Chat', by: 'chat', icon: MessageCircle },
  sms: { label: 'SMS', by: 'SMS', icon: Smartphone },
  whatsapp: { label: 'WhatsApp', by: 'WhatsApp', icon: WhatsApp },
  facebook: { label: 'Facebook', by: 'Facebook', icon: Facebook },
  instagram: { label: 'Instagram', by: 'Instagram', icon: Instagram },
  voice: { label: 'Voice', by: 'phone', icon: Phone },
};

export function channelWord(channel: string): Word {
  return CHANNELS[channel] ?? { label: 'Other', by: 'its own channel', icon: MessageSquare };
}
