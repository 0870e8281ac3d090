import { afterEach, describe, expect, it } from 'vitest';
import { openWindow, type Window } from '../test/window';

let app: Window;
afterEach(() => app.close());

const requests = (name: string) => app.host.calls.filter((call) => call.name === name).map((call) => call.request);
const isOff = (testid: string) => app.get(testid).getAttribute('aria-disabled') === 'true';

async function choose(name: string) {
  const select = app.get('approved-text') as HTMLSelectElement;
  select.value = name;
  select.dispatchEvent(new Event('change', { bubbles: true }));
  await app.settle(260);
}

/** The second row is a WhatsApp conversation; its 24 hours are over. */
async function outside() {
  app = await openWindow();
  const id = app.all('row')[1]?.dataset.id ?? '';
  app.host.shop.find(id).windowClosed = true;
  return id;
}

describe('where WhatsApp’s window is closed', () => {
  it('an approved text is chosen, filled in and sent', async () => {
    const id = await outside();
    await app.click('row', 1);
    expect(app.text('composer-blocked').match(/window closed/gi)).toHaveLength(1);
    expect(app.maybe('composer')).toBeNull();
    expect(isOff('approved-send')).toBe(true);
    await choose('issue_resolved');
    expect(app.text('approved-preview')).toBe('Hello gap 1, your request is solved.');
    expect(isOff('approved-send')).toBe(true);
    await app.type('approved-gap', '{{case_number}}');
    expect(app.text('approved-missing')).toContain('{{case_number}} has no value in this conversation');
    expect(isOff('approved-send')).toBe(true);
    await app.type('approved-gap', '{{customer_first_name|there}}');
    expect(app.text('approved-preview')).toBe('Hello يوسف, your request is solved.');
    expect(app.maybe('approved-missing')).toBeNull();
    await app.key('Enter', { ctrlKey: true });
    await app.settle(50);
    expect(requests('reply')).toEqual([
      {
        account: 'a1',
        id,
        text: '',
        done: false,
        files: [],
        hold: null,
        anyway: false,
        approved: { name: 'issue_resolved', fills: ['{{customer_first_name|there}}'] },
      },
    ]);
    expect(app.text('composer-held')).toContain('leaves in 10 s');
    expect(isOff('approved-send')).toBe(true);
  });

  it('a note can still be written', async () => {
    await outside();
    await app.click('row', 1);
    await app.click('write-note');
    expect(app.maybe('note-text')).not.toBeNull();
    await app.click('write-reply');
    expect(app.maybe('approved-text')).not.toBeNull();
  });

  it('a mass reply leaves them out, or reaches them with the approved text', async () => {
    await outside();
    await app.click('row-check', 0);
    await app.click('row-check', 1);
    await app.click('mass-reply');
    await app.type('plan-message', 'Hello there, it is solved.');
    await app.settle(260);
    expect(app.text('plan-confirm')).toContain('1');
    expect(app.text('plan-approved')).toContain('Nothing: they stay out');
    await app.click('group-window_closed-approved');
    expect(document.activeElement).toBe(app.get('approved-text'));
    await choose('issue_resolved');
    expect(isOff('plan-confirm')).toBe(true);
    await app.type('approved-gap', 'Ada');
    expect(app.text('approved-preview')).toBe('Hello Ada, your request is solved.');
    expect(app.text('plan-confirm')).toContain('2');
    expect(isOff('plan-confirm')).toBe(false);
    expect(requests('edit_plan').at(-1)).toMatchObject({ approved: { name: 'issue_resolved', fills: ['Ada'] } });
    await choose('');
    expect(app.text('plan-confirm')).toContain('1');
    expect(requests('edit_plan').at(-1)).toMatchObject({ approved: null });
  });
});
