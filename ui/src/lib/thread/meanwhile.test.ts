import { describe, expect, it } from 'vitest';
import type { MessageView, ThreadView } from '../host/types';
import { closesAt, meanwhile } from './meanwhile';

const message = (id: string, part: Partial<MessageView> = {}) =>
  ({
    id,
    at: '2026-05-20T10:00:00Z',
    kind: 'message',
    from: 'customer',
    author: 'Marta',
    delivery: null,
    ...part,
  }) as MessageView;
const thread = (messages: MessageView[], channel = 'email') => ({ messages, row: { channel } }) as ThreadView;

describe('what happened while a reply was written', () => {
  const seen = message('1');
  it.each([
    ['a colleague', { from: 'agent', author: 'Jonas' }, '2'],
    ['the customer', {}, '2'],
    ['our own reply', { from: 'agent', author: 'Mira' }, null],
    ['our reply on its way', { from: 'agent', author: 'Jonas', delivery: 'pending' }, null],
    ['a note', { kind: 'note', from: 'agent', author: 'Jonas' }, null],
    ['an event', { kind: 'event', from: 'system' }, null],
  ])('%s', (_, part, expected) => {
    expect(meanwhile(thread([seen, message('2', part)]), '1', 'Mira')?.id ?? null).toBe(expected);
  });

  it('is nothing while nothing is written, and nothing of what was there', () => {
    expect(meanwhile(thread([seen, message('2')]), null, 'Mira')).toBeNull();
    expect(meanwhile(thread([message('0'), seen]), '1', 'Mira')).toBeNull();
  });
});

it('a window closes 24 h after the last word of the customer', () => {
  const ours = message('2', { from: 'agent', at: '2026-05-20T12:00:00Z' });
  expect(closesAt(thread([message('1'), ours], 'whatsapp'))).toBe(Date.parse('2026-05-21T10:00:00Z'));
  expect(closesAt(thread([message('1')], 'email'))).toBeNull();
});
