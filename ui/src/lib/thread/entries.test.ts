import { describe, expect, it } from 'vitest';
import type { MessageView } from '../host/types';
import { entriesOf } from './entries';

const NOW = new Date(2026, 4, 21, 14, 31).getTime();
const message = (id: string, day: number, kind = 'message', from = 'customer'): MessageView => ({
  id,
  at: new Date(2026, 4, day, 10, 0).toISOString(),
  kind,
  from,
  author: 'Marta',
  initials: 'M',
  text: id,
  quoted: null,
  quotedLines: 0,
  hasHtml: false,
  attachments: [],
  massReply: false,
  delivery: null,
  deliveryReason: null,
  mentions: [],
});
const shape = (messages: MessageView[], readUpTo: string | null = null) =>
  entriesOf(messages, readUpTo, NOW).map((entry) =>
    entry.kind === 'events' ? `events ${entry.messages.length}` : entry.kind,
  );

describe('the entries of a thread', () => {
  it('rules off each day', () => {
    expect(shape([message('1', 19), message('2', 19), message('3', 20)])).toEqual([
      'day',
      'message',
      'message',
      'day',
      'message',
    ]);
  });

  it('folds a run of events', () => {
    const run = ['2', '3', '4'].map((id) => message(id, 19, 'event', 'system'));
    expect(shape([message('1', 19), ...run, message('5', 19)])).toEqual(['day', 'message', 'events 3', 'message']);
  });

  it('marks what is new, in place of the day rule', () => {
    expect(shape([message('1', 19), message('2', 20)], '1')).toEqual(['day', 'message', 'new', 'message']);
  });

  it('does not call our own last message new', () => {
    expect(shape([message('1', 19), message('2', 19, 'message', 'agent')], '1')).toEqual(['day', 'message', 'message']);
  });
});
