// A small believable shop, the same on every run: what the fake host answers from.

import type {
  AgentView,
  ApprovedTextView,
  ApprovedView,
  MessageView,
  Row,
  TagView,
  TeamView,
} from '../../lib/host/types';
import { initials } from '../../lib/ui/format';

export const AGENTS: AgentView[] = [
  ['mira@brindlewick.example', 'Mira Okafor'],
  ['jonas@brindlewick.example', 'Jonas Feld'],
  ['aiko@brindlewick.example', 'Aiko Tan'],
  ['luis@brindlewick.example', 'Luis Romero'],
].map(([handle = '', name = '']) => ({ handle, name, initials: initials(name) }));

export const APPROVED: ApprovedTextView[] = [
  { name: 'issue_resolved', language: 'en', text: 'Hello {{1}}, your request is solved.', gaps: 1 },
  { name: 'call_us', language: 'en', text: 'Please call us when it suits you.', gaps: 0 },
];

export function approvedText({ name, fills }: ApprovedView): string {
  const text = APPROVED.find((one) => one.name === name)?.text ?? '';
  return text.replace(/\{\{(\d)\}\}/g, (_, gap: string) => fills[Number(gap) - 1] ?? '');
}

export const ME = AGENTS[0]?.handle ?? '';

export const TEAMS: TeamView[] = [
  { handle: 'orders', name: 'Orders & returns', members: 3 },
  { handle: 'billing', name: 'Billing', members: 6 },
  { handle: 'technical', name: 'Technical', members: 1 },
  { handle: 'logistics', name: 'Logistics', members: 0 },
];

export const TAGS: TagView[] = [
  { name: 'payment-issue-2026-05', color: 0 },
  { name: 'refund', color: 1 },
  { name: 'returns', color: 4 },
  { name: 'vip', color: 6 },
  { name: 'shipping', color: 3 },
  { name: 'invoice', color: 2 },
  { name: 'bug', color: 5 },
  { name: 'not-urgent', color: 7 },
  { name: 'wholesale', color: 5 },
  { name: 'gift-card', color: 2 },
];

type Seed = [name: string, channel: string, subject: string, preview: string, tags: string, from?: 'agent'];

const FIRST: Seed[] = [
  [
    'Marta Wiśniewska',
    'email',
    'Charged twice for order 48213',
    'Both payments are still on my card statement, see the attached screenshot.',
    'payment-issue-2026-05',
  ],
  [
    'يوسف حداد',
    'whatsapp',
    'لم يصل تأكيد الدفع للطلب ‎48197',
    'مرحبًا، تم خصم المبلغ من بطاقتي لكن الطلب ما زال معلّقًا',
    'payment-issue-2026-05',
  ],
  ['盛田 健司', 'chat', '返品の送料について', '注文番号 47988 の返品ですが、送料はこちらの負担でしょうか。', 'returns'],
  [
    'Chloé Tessier',
    'email',
    'Remboursement toujours en attente (commande 47102)',
    'Bonjour, cela fait douze jours que j’attends le remboursement.',
    'refund,vip',
  ],
  [
    'Hannes Aldous',
    'sms',
    'Is my parcel lost? Tracking says “out for delivery” since Monday',
    'I have asked the carrier and will text you before 18:00.',
    'shipping',
    'agent',
  ],
  [
    'Maximiliane Freifrau von Hohenstein-Ravensberg-Oldendorf',
    'email',
    '',
    'Please find the signed return form attached. Kind regards',
    'returns',
  ],
  [
    'Дарья Климова',
    'email',
    'Не приходит счёт за май',
    'Счёт отправлен повторно на указанный адрес.',
    'invoice',
    'agent',
  ],
  [
    'Rafael Monteiro',
    'whatsapp',
    'Endereço errado na entrega',
    'Obrigado! Vou confirmar com o porteiro.',
    'shipping',
    'agent',
  ],
  [
    'Ingrid Solheim',
    'voice',
    'Missed call, voicemail 0:48',
    '“Hi, this is about the double payment on Tuesday …”',
    'payment-issue-2026-05',
  ],
  [
    'Sam Whitlock',
    'email',
    'API returns 409 on partial refunds',
    'Fixed in today’s release. Could you try request 7c41 again?',
    'bug',
    'agent',
  ],
  [
    'Noor de Vries',
    'chat',
    'Kortingscode werkt niet bij afrekenen',
    'Hij zegt “code verlopen”, maar hij geldt tot 31 mei.',
    '',
  ],
  [
    'Beatrix Lindqvist',
    'instagram',
    'Is the linen throw back in stock?',
    'It returns on 2 June. Shall I reserve one for you?',
    'not-urgent',
    'agent',
  ],
];

const NAMES = [
  'Kofi Brandvold',
  'Larissa Couto',
  'Tomasz Zieliński',
  'Priya Raman',
  'Emil Sørensen',
  'Giulia Ferraro',
  'Hye-jin Park',
  'Oisín Byrne',
  'Zeynep Aydın',
  'Anders Holm',
  'Camille Roux',
  'David Mensah',
];
const SUBJECTS: [subject: string, preview: string, tags: string][] = [
  [
    'Payment went through but the order says unpaid',
    'The money left my account on Tuesday at 15:52.',
    'payment-issue-2026-05',
  ],
  ['Two charges for one lamp', 'My bank shows 129,00 twice. Which one will you return?', 'payment-issue-2026-05'],
  ['Can I change the delivery address?', 'I moved last week and the parcel goes to the old flat.', 'shipping'],
  ['Invoice without VAT number', 'Our bookkeeping needs the number on page one.', 'invoice'],
  ['The oak shelf arrived scratched', 'There is a deep scratch across the left side, photos attached.', 'returns'],
  ['Gift card balance is zero', 'I have not used it yet, the code ends in 7741.', 'gift-card,refund'],
  ['Question about a wholesale account', 'We run three shops and would like to order by the pallet.', 'wholesale'],
  ['App crashes when I open my orders', 'Since the update it closes as soon as I tap on Orders.', 'bug'],
];
const CHANNELS = [
  'email',
  'email',
  'email',
  'email',
  'chat',
  'email',
  'sms',
  'whatsapp',
  'email',
  'instagram',
  'facebook',
  'voice',
];

export type Conversation = { row: Row; email: string | null; windowClosed: boolean; messages: MessageView[] };

const MINUTE = 60_000;
const AGES = [3, 10, 22, 39, 51, 93, 120, 164, 191, 266, 290, 1800];

export function makeWorld(now: number, size = 320): Conversation[] {
  return Array.from({ length: size }, (_, index) => conversation(index, now));
}

function conversation(index: number, now: number): Conversation {
  const seed = FIRST[index];
  const [subject, preview, tagText] = seed
    ? [seed[2], seed[3], seed[4]]
    : (SUBJECTS[(index * 5) % SUBJECTS.length] ?? ['', '', '']);
  const name = seed?.[0] ?? `${NAMES[(index * 7) % NAMES.length] ?? ''}`;
  const channel = seed?.[1] ?? CHANNELS[(index * 11) % CHANNELS.length] ?? 'email';
  const ball = seed ? seed[5] !== 'agent' : index % 3 !== 0;
  const updated = now - (AGES[index] ?? 1800 + index * 47) * MINUTE;
  const status = seed
    ? 'active'
    : (['active', 'active', 'active', 'snoozed', 'done', 'active', 'archived'][index % 7] ?? 'active');
  const tags = tagText.split(',').filter(Boolean);
  const mine = index < 24;
  const row: Row = {
    id: String(48000 + index),
    name,
    nameMarks: [],
    subject,
    subjectMarks: [],
    preview,
    previewMarks: [],
    previewFrom: ball ? 'customer' : 'agent',
    channel,
    status: index % 97 === 96 ? 'spam' : status,
    snoozedUntil: status === 'snoozed' ? new Date(now + 18 * 60 * MINUTE).toISOString() : null,
    priority: index === 3 ? 'urgent' : index % 19 === 7 ? 'high' : 'none',
    agent: mine ? ME : index % 5 === 0 ? null : (AGENTS[1 + (index % 3)]?.handle ?? null),
    team: TEAMS[index % 4]?.handle ?? null,
    tags,
    updated: new Date(updated).toISOString(),
    waitingSince: ball ? new Date(updated).toISOString() : null,
    ball,
    messageCount: [5, 3, 2, 8, 1, 2, 4, 6, 1, 12, 3, 2][index] ?? 1 + (index % 6),
    unread: [0, 1, 2, 5].includes(index) || (index > 30 && index % 11 === 0),
    followed: index === 0 || index === 9,
    pending: [],
    pendingTags: [],
    remark: null,
    unknown: false,
  };
  const email = channel === 'email' || channel === 'chat' ? `customer${index}@mail.example` : null;
  return {
    row,
    email,
    windowClosed: ['whatsapp', 'instagram', 'facebook'].includes(channel) && index > 20,
    messages: thread(row, now),
  };
}

function thread(row: Row, now: number): MessageView[] {
  const at = (minutes: number) => new Date(new Date(row.updated).getTime() - minutes * MINUTE).toISOString();
  const message = (id: number, minutes: number, part: Partial<MessageView>): MessageView => {
    const author = part.author ?? row.name;
    return {
      id: `${row.id}-${id}`,
      at: at(minutes),
      kind: 'message',
      from: 'customer',
      author,
      initials: initials(author),
      text: '',
      quoted: null,
      quotedLines: 0,
      hasHtml: false,
      attachments: [],
      massReply: false,
      delivery: null,
      deliveryReason: null,
      mentions: [],
      ...part,
    };
  };
  void now;
  if (row.id !== '48000') {
    return [
      message(1, 1700, {
        text: row.subject
          ? `Hello, ${row.subject.charAt(0).toLowerCase()}${row.subject.slice(1)}. Could you look into it?`
          : 'See attached.',
      }),
      message(2, 1600, { kind: 'event', from: 'system', author: 'System', text: 'assigned to Mira' }),
      message(3, 0, {
        text: row.preview,
        from: row.ball ? 'customer' : 'agent',
        author: row.ball ? row.name : 'Mira Okafor',
      }),
    ];
  }
  const event = (id: number, text: string) =>
    message(id, 2750, { kind: 'event', from: 'system', author: 'System', text });
  return [
    message(1, 2776, {
      text: 'Hello, I paid 84,90 € for order 48213 and the page showed an error, so I tried again. Now two payments are reserved on my card. Could you release one of them?',
    }),
    event(2, 'tagged payment-issue-2026-05'),
    event(3, 'priority raised to High'),
    event(4, 'assigned to Billing'),
    event(5, 'assigned to Mira'),
    message(6, 2723, {
      from: 'agent',
      author: 'Jonas Feld',
      text: 'Dear Marta, our payments provider had an outage from 15:40 to 16:25. One of the two payments is only a reservation. It lapses by itself within three working days.',
      quoted: '> Hello, I paid 84,90 € for order 48213\n> and the page showed an error, so I tried again.',
      quotedLines: 14,
    }),
    message(7, 1750, {
      kind: 'note',
      from: 'agent',
      author: 'Aiko Tan',
      text: '@Mira the provider confirms: reservation 2 of 2 was captured by mistake, refund batch runs Thursday 15:00.',
      mentions: [ME],
    }),
    message(8, 0, {
      text: 'Thank you, but both payments are still on my card statement, see the attached screenshot. When will I have the money back?',
      hasHtml: true,
      quoted: '> Dear Marta, our payments provider had an outage',
      quotedLines: 31,
      attachments: [{ id: 'a1', name: 'statement-20-may.png', mime: 'image/png', size: 312_400 }],
    }),
  ];
}
