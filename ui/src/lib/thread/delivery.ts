type Word = { label: string; tone: 'plain' | 'warn' | 'bad'; pending: boolean };

/** What stands beside the name of a message of ours while it is not simply sent. */
export function deliveryWord(delivery: string | null): Word | null {
  switch (delivery) {
    case 'pending':
      return { label: 'Has not left yet', tone: 'plain', pending: true };
    case 'sending':
    case 'queued':
      return { label: 'On its way', tone: 'plain', pending: true };
    case 'held':
      return { label: 'Held: the customer wrote', tone: 'warn', pending: false };
    case 'unknown':
      return { label: 'May or may not have arrived', tone: 'warn', pending: false };
    case 'rejected':
      return { label: 'Refused', tone: 'bad', pending: false };
    case 'failed':
      return { label: 'Not delivered', tone: 'bad', pending: false };
    default:
      return null;
  }
}
