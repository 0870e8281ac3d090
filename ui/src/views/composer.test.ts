import { afterEach, describe, expect, it } from 'vitest';
import { writes } from '../test/fake/threads';
import { openWindow, type Window } from '../test/window';

let app: Window;
afterEach(() => app.close());

const composer = () => app.get('composer') as HTMLTextAreaElement;
const requests = (name: string) => app.host.calls.filter((call) => call.name === name).map((call) => call.request);

async function open(at = 0) {
  app = await openWindow();
  await app.click('row', at);
}
async function write(text: string) {
  await app.type('composer', text);
  await app.settle(200);
}

describe('a draft', () => {
  it('is saved a moment after the last key', async () => {
    await open();
    await app.type('composer', 'Dear Marta');
    expect(requests('save_draft')).toEqual([]);
    expect(app.text('draft-state')).toBe('Saving');
    await app.settle(200);
    expect(requests('save_draft')).toEqual([
      { account: 'a1', id: '48000', kind: 'reply', text: 'Dear Marta', files: [] },
    ]);
    expect(app.text('draft-state')).toBe('Draft saved');
  });

  it('is saved at once when another conversation is opened, and is there again afterwards', async () => {
    await open();
    await app.type('composer', 'Dear Marta');
    await app.click('row', 2);
    expect(requests('save_draft')).toHaveLength(1);
    expect(composer().value).toBe('');
    await app.click('row', 0);
    expect(composer().value).toBe('Dear Marta');
  });

  it('comes from the engine when the window is new', async () => {
    app = await openWindow();
    await app.host.call('save_draft', { account: 'a1', id: '48000', kind: 'reply', text: 'From before', files: [] });
    await app.click('row');
    expect(composer().value).toBe('From before');
    expect(app.text('draft-state')).toBe('Draft saved');
  });

  it('has earlier versions', async () => {
    await open();
    await write('First thought');
    await write('Second thought');
    await app.click('draft-state');
    await app.settle(20);
    expect(app.all('draft-version').map((one) => one.querySelector('.label')?.textContent)).toEqual([
      'Second thought',
      'First thought',
    ]);
    await app.click('draft-version', 1);
    expect(composer().value).toBe('First thought');
  });

  it('that was written before the customer’s last word says so, until it is kept or discarded', async () => {
    app = await openWindow();
    await app.host.call('save_draft', { account: 'a1', id: '48000', kind: 'reply', text: 'Old answer', files: [] });
    writes(app.host.shop, '48000', { text: 'It is solved.' });
    await app.click('row');
    expect(app.text('draft-stale')).toContain('Written before the customer’s reply at 14:31.');
    await app.click('draft-keep');
    expect(app.maybe('draft-stale')).toBeNull();
    expect(composer().value).toBe('Old answer');
    await app.click('row', 2);
    await app.click('row', 0);
    await app.click('draft-discard');
    await app.settle(20);
    expect(composer().value).toBe('');
    expect(app.maybe('draft-stale')).toBeNull();
  });

  it('that cannot be saved says why, and stays', async () => {
    await open();
    const call = app.host.call.bind(app.host);
    app.host.call = (name, request) =>
      name === 'save_draft' ? Promise.reject({ code: 'diskFull', message: 'The disk is full.' }) : call(name, request);
    await write('Dear Marta');
    expect(app.text('draft-state')).toBe('Not saved: The disk is full.');
    app.host.call = call;
    await write('Dear Marta,');
    expect(app.text('draft-state')).toBe('Draft saved');
  });
});

describe('sending', () => {
  it('ends the draft, is held, and is taken back into it', async () => {
    await open();
    await write('The refund leaves today.');
    await app.click('composer-send');
    await app.settle(50);
    expect(requests('reply')).toEqual([
      {
        account: 'a1',
        id: '48000',
        text: 'The refund leaves today.',
        done: false,
        files: [],
        hold: null,
        anyway: false,
        approved: null,
      },
    ]);
    expect(composer().value).toBe('');
    expect(app.text('composer-held')).toContain('Reply to Marta Wiśniewska leaves in 10 s');
    composer().focus();
    await app.key('z', { ctrlKey: true });
    await app.settle(100);
    expect(composer().value).toBe('The refund leaves today.');
    expect(app.maybe('composer-held')).toBeNull();
  });

  it('taken back, it stands above what was begun since', async () => {
    await open();
    await write('First.');
    await app.click('composer-send');
    await app.settle(50);
    await write('Second.');
    await app.click('composer-take-back');
    await app.settle(100);
    expect(composer().value).toBe('First.\n\nSecond.');
  });

  it('stops when a colleague was faster, and goes when that was seen', async () => {
    await open();
    await write('Dear Marta, the refund leaves today.');
    writes(app.host.shop, '48000', { from: 'agent', author: 'Jonas Feld', text: 'The refund left at 14:30.' });
    await app.settle(200);
    expect(app.text('composer-collision')).toContain('Jonas Feld replied 0 s ago. “The refund left at 14:30.”');
    await app.click('composer-send');
    expect(requests('reply')).toEqual([]);
    expect(app.maybe('composer-send')).toBeNull();
    await app.click('composer-keep');
    expect(app.maybe('composer-anyway')).toBeNull();
    expect(composer().value).toBe('Dear Marta, the refund leaves today.');
    await app.click('composer-send');
    await app.click('composer-anyway');
    await app.settle(50);
    expect(requests('reply')).toMatchObject([{ anyway: true }]);
    expect(app.maybe('composer-collision')).toBeNull();
  });
});

describe('a reply that the engine does not send', () => {
  it('because somebody was faster can be sent anyway', async () => {
    app = await openWindow();
    await app.host.call('save_draft', { account: 'a1', id: '48000', kind: 'reply', text: 'Old answer', files: [] });
    writes(app.host.shop, '48000', { text: 'It is solved.' });
    await app.click('row');
    await app.click('composer-send');
    await app.settle(20);
    expect(app.text('composer-refused')).toBe('The customer wrote 40 s ago. Not sent, your draft is kept.');
    expect(composer().value).toBe('Old answer');
    await app.click('composer-anyway');
    await app.settle(50);
    expect(requests('reply')).toMatchObject([{ anyway: false }, { anyway: true }]);
    expect(composer().value).toBe('');
  });

  it('for another reason stays as it was', async () => {
    await open();
    await write('Dear Marta');
    const call = app.host.call.bind(app.host);
    app.host.call = (name, request) =>
      name === 'reply' ? Promise.reject({ code: 'badInput', message: 'No address.' }) : call(name, request);
    await app.click('composer-send');
    await app.settle(20);
    expect(composer().value).toBe('Dear Marta');
    expect(app.text('strip-said')).toContain('No address.');
    expect(app.get('composer-send').textContent).toContain('Send');
  });
});

describe('what a channel asks for', () => {
  it('SMS: counts segments and offers the cheaper character', async () => {
    await open(4);
    await write(`Hello Hannes, your parcel – it arrives tomorrow. ${'Reply 1 or 2. '.repeat(5)}`);
    expect(app.text('composer-sms-fix')).toContain('The dash “–” makes this 2 segments instead of 1.');
    expect(app.text('composer-segments')).toMatch(/^2 segments, \d+ of 134 characters$/);
    await app.click('composer-sms-use');
    expect(composer().value).toContain('parcel - it');
    expect(app.text('composer-segments')).toMatch(/^1 segment, \d+ of 160 characters$/);
    expect(app.maybe('composer-sms-fix')).toBeNull();
    expect(app.get('composer-attach').getAttribute('aria-disabled')).toBe('true');
  });

  it('WhatsApp: says until when a reply is taken', async () => {
    await open(1);
    expect(app.text('composer-window')).toMatch(/^Closes in 23 h After Fri 14:\d\d only templates can be sent\.$/);
  });

  it('a snippet comes filled in', async () => {
    await open();
    await write('/greet');
    await app.key('Enter');
    await app.settle(50);
    expect(composer().value).toBe('Kind regards\nMira, Brindlewick Goods');
  });
});
