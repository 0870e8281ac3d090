import { describe, expect, it } from 'vitest';
import { splitTerms } from '../filter/terms';
import type { Row } from '../host/types';
import { fixedBy, pendingText, rowLabel, waitingText } from './row';

const NOW = new Date(2026, 4, 21, 14, 31).getTime();
const row = (part: Partial<Row>): Row => ({
  id: '1',
  name: 'Marta Wiśniewska',
  nameMarks: [],
  subject: 'Charged twice for order 48213',
  subjectMarks: [],
  preview: '',
  previewMarks: [],
  previewFrom: 'customer',
  channel: 'email',
  status: 'active',
  snoozedUntil: null,
  priority: 'none',
  agent: null,
  team: null,
  tags: ['refund', 'vip'],
  updated: new Date(2026, 4, 21, 14, 28).toISOString(),
  waitingSince: null,
  ball: true,
  messageCount: 5,
  unread: true,
  followed: false,
  pending: [],
  pendingTags: [],
  remark: null,
  unknown: false,
  ...part,
});

describe('a row', () => {
  it.each([
    [[], null],
    [['tag+'], 'Tag waiting'],
    [['tag+', 'assignee'], 'Assigning'],
    [['status', 'tag+'], 'Active, waiting'],
    [['status', 'reply'], 'Reply waiting'],
  ])('with %j pending says %s', (pending, expected) => {
    expect(pendingText(row({ pending }))).toBe(expected);
  });

  it('writes the waiting time only from one hour', () => {
    const since = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();
    expect(waitingText(row({ waitingSince: since(59) }), NOW)).toBeNull();
    expect(waitingText(row({ waitingSince: since(61) }), NOW)).toBe('1 h');
    expect(waitingText(row({ waitingSince: since(61), ball: false }), NOW)).toBeNull();
  });

  it('speaks in full', () => {
    expect(rowLabel(row({ subject: '' }), NOW)).toBe(
      'Marta Wiśniewska, no subject, unread, needs reply, 14:28, Email, tags refund, vip',
    );
  });

  it('omits what the filter fixes', () => {
    const fixed = fixedBy(splitTerms('assignee:me tag:"needs review" -tag:vip tag:a,b'));
    expect(fixed.assignee).toBe(true);
    expect([...fixed.tags]).toEqual(['needs review']);
  });
});
