/** What a mass reply costs, said before it is sent and never after. */
export const WARNINGS = [
  { title: 'It cannot be recalled.', text: 'Once a reply has left, the only remedy is another message.' },
  {
    title: 'Everyone in the figure gets it.',
    text: 'All matching includes rows you have not scrolled to; the number on the button is exact.',
  },
  { title: 'Each reply is billed like a single one.', text: 'An SMS to 500 people is 500 SMS.' },
  { title: 'It is not for outreach.', text: 'Write only to people who asked about this, and only about this.' },
  {
    title: 'Channels differ.',
    text: 'Calls are skipped; WhatsApp, Facebook and Instagram close 24 h after the customer’s last message.',
  },
] as const;
