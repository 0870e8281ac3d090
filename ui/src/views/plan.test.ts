import { afterEach, describe, expect, it } from 'vitest';
import { openWindow, type Window } from '../test/window';

let app: Window;
afterEach(() => app.close());

const edits = () => app.host.calls.filter((call) => call.name === 'edit_plan').map((call) => call.request);
const lastEdit = () => edits().at(-1);
const groups = () =>
  Object.fromEntries(
    app.all('plan-group').map((group) => [group.dataset.verdict, Number(group.querySelector('.n')?.textContent)]),
  );
const isOff = (testid: string) => app.get(testid).getAttribute('aria-disabled') === 'true';

async function select(filter: string) {
  app = await openWindow();
  await app.type('filter-input', filter);
  (app.get('filter-input') as HTMLInputElement).blur();
  await app.key('j');
  await app.key('x');
  await app.click('all-matching');
}
async function open(filter = 'is:active tag:payment-issue-2026-05') {
  await select(filter);
  await app.key('R', { shiftKey: true });
}
/** Rests until the engine has answered the last edit. */
const rest = () => app.settle(280);

async function write(text: string) {
  await app.type('plan-message', text);
  await rest();
}

describe('the message of a plan', () => {
  it('inserts a snippet with its merge tags', async () => {
    await open();
    await app.type('plan-message', '/refp');
    expect(app.maybe('snippets')).toBeNull();
    await write('Good news. /ref');
    expect(app.all('snippet').map((one) => one.querySelector('.m')?.textContent)).toEqual([
      '/refund-timing',
      '/refund-partial',
      '/refund-declined',
    ]);
    expect(app.text('snippet-preview')).toContain('Hello Marta, your refund');
    await app.key('ArrowDown');
    await app.key('Enter');
    await rest();
    expect((app.get('plan-message') as HTMLTextAreaElement).value).toBe(
      'Good news. Hello {{first\u00a0name|there}}, we returned the part that you asked for.',
    );
    expect(lastEdit()).toMatchObject({
      reply: 'Good news. Hello {{customer_first_name|there}}, we returned the part that you asked for.',
    });
    expect(app.text('plan-rendered')).toContain('Hello Marta, we returned');
  });

  it('closes the snippets with Escape and stays on the page', async () => {
    await open();
    await write('/ref');
    await app.key('Escape');
    expect(app.maybe('snippets')).toBeNull();
    expect(app.maybe('plan')).not.toBeNull();
  });

  it('attaches a file, says whom it reaches, and takes it away', async () => {
    await open('is:active');
    await write('See the report.');
    const input = app.get('plan-attach-input') as HTMLInputElement;
    Object.defineProperty(input, 'files', { value: [new File(['a'.repeat(900)], 'report.pdf')], writable: true });
    input.dispatchEvent(new Event('change', { bubbles: true }));
    await app.settle(400);
    expect(app.host.calls.find((call) => call.name === 'attach_file')?.request).toMatchObject({
      account: 'a1',
      name: 'report.pdf',
      mime: 'application/octet-stream',
      data: btoa('a'.repeat(900)),
    });
    expect(app.text('files-reach')).toMatch(/^reaches \d+ of \d+$/);
    expect(groups().without_attachment).toBeGreaterThan(0);
    await app.click('file-remove');
    await rest();
    expect(groups().without_attachment).toBeUndefined();
    expect(lastEdit()).toMatchObject({ files: [] });
  });

  it('replaces what makes an SMS longer', async () => {
    await open('is:active');
    await write(`We are sorry – the carrier found your parcel. ${'It arrives tomorrow. '.repeat(4)}`);
    expect(app.text('plan-sms')).toContain('The dash “–” forces the long encoding');
    await app.click('plan-sms-fix');
    await rest();
    expect((app.get('plan-message') as HTMLTextAreaElement).value).toContain('sorry - the');
    expect(app.maybe('plan-sms')).toBeNull();
  });
});

describe('remedies', () => {
  it('fills in what one person misses', async () => {
    await open();
    await write('Hello {{customer_first_name}}');
    const missing = groups().empty_field ?? 0;
    expect(missing).toBeGreaterThan(0);
    const group = app.all('plan-group').find((one) => one.dataset.verdict === 'empty_field');
    expect(group?.querySelector('.d')?.textContent).toBe('No first name on file. Fill in or add a fallback');
    await app.click('group-empty_field-fill');
    expect(app.all('plan-fill-field')).toHaveLength(missing);
    expect(document.activeElement).toBe(app.get('plan-fill-field'));
    await app.type('plan-fill-field', 'Kofi');
    await rest();
    expect(app.text('plan-filled')).toBe(`1 of ${missing} filled in`);
    expect(app.all('plan-fill-field')).toHaveLength(missing);
    expect(groups().empty_field ?? 0).toBe(missing - 1);
    await app.key('Escape');
    expect(app.maybe('plan-fill')).toBeNull();
    expect(app.maybe('plan')).not.toBeNull();
  });

  it('asks for a fallback and writes it into the tag', async () => {
    await open();
    await write('Hello {{customer_first_name}}');
    await app.click('group-empty_field-fallback');
    await app.settle(20);
    expect(document.activeElement).toBe(app.get('plan-fallback-text'));
    (app.get('plan-fallback-text') as HTMLInputElement).value = 'there';
    await app.key('Enter');
    await rest();
    expect((app.get('plan-message') as HTMLTextAreaElement).value).toBe('Hello {{first\u00a0name|there}}');
    expect(lastEdit()).toMatchObject({ reply: 'Hello {{customer_first_name|there}}' });
    expect(groups().empty_field).toBeUndefined();
  });

  it('lists one verdict, from its name and from the head of the list', async () => {
    await open();
    await app.click('group-voice');
    expect(app.text('plan-show')).toBe('Voice, 9');
    await app.click('plan-show');
    await app.click('plan-show-window_closed');
    expect(app.text('plan-show')).toBe('Window closed, 7');
  });

  it('adds what matches by now', async () => {
    await open();
    const before = Number(app.text('plan-count'));
    const other = app.host.world.find(
      ({ row }) => row.status === 'active' && row.channel === 'email' && !row.tags.includes('payment-issue-2026-05'),
    );
    other?.row.tags.push('payment-issue-2026-05');
    app.host.emit({ type: 'conversationsChanged', account: 'a1', ids: null });
    await app.settle(500);
    expect(app.text('plan-more')).toContain('1 more matches now.');
    await app.click('plan-add-more');
    await app.settle(50);
    expect(Number(app.text('plan-count'))).toBe(before + 1);
    expect(app.maybe('plan-more')).toBeNull();
  });
});

describe('how it leaves', () => {
  it('at a time, resolved as it is typed', async () => {
    await open();
    await write('We are back.');
    await app.click('plan-when-at');
    await app.settle(300);
    expect(app.text('plan-at-resolved')).toContain('Friday 22 May, 09:00');
    expect(lastEdit()).toMatchObject({ sending: { mode: 'at', at: 'tomorrow at 9am', drip: null } });
    await app.type('plan-at', 'someday');
    await rest();
    expect(app.text('plan-schedule-error')).toContain('“someday” is not a time');
    expect(isOff('plan-confirm')).toBe(true);
    await app.type('plan-at', '');
    await rest();
    expect(app.text('plan-schedule-error')).toBe('Write when, for example tomorrow at 9am.');
    expect(isOff('plan-confirm')).toBe(true);
  });

  it('drips in batches on chosen days between two times', async () => {
    await open();
    await write('We are back.');
    await app.click('plan-when-drip');
    await app.type('plan-drip-batch', '10');
    await app.type('plan-drip-every', '5');
    await app.click('plan-drip-fri');
    await app.type('plan-drip-to', '16:00');
    await rest();
    expect(lastEdit()).toMatchObject({
      sending: {
        mode: 'drip',
        drip: {
          start: '',
          batch: 10,
          every: 5,
          unit: 'hours',
          days: ['mon', 'tue', 'wed', 'thu'],
          from: '09:00',
          to: '16:00',
        },
      },
    });
    expect(app.text('plan-schedule')).toContain('3 batches for 30 people');
    await app.click('plan-drip-windowed');
    await rest();
    expect(lastEdit()).toMatchObject({ sending: { drip: { from: null, to: null } } });
    expect(isOff('plan-confirm')).toBe(false);
  });

  it('a few first, held, and what if somebody wrote', async () => {
    await open();
    await write('We are back.');
    expect((app.get('plan-hold') as HTMLSelectElement).selectedOptions[0]?.textContent).toBe('30 s');
    expect(lastEdit()).toMatchObject({ sending: { hold: null, canary: null, ifChanged: 'hold' } });
    await app.click('plan-canary');
    await rest();
    expect(app.text('plan-confirm')).toContain('Send to 30 people, 10 first');
    for (const [testid, index] of [
      ['plan-hold', 3],
      ['plan-if-changed', 1],
    ] as const) {
      const select = app.get(testid) as HTMLSelectElement;
      select.selectedIndex = index;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }
    await rest();
    expect(lastEdit()).toMatchObject({ sending: { hold: 60, canary: 10, ifChanged: 'skip' } });
  });
});

describe('before it is confirmed', () => {
  it('sends a test of the shown recipient', async () => {
    await open();
    await write('Hello {{customer_first_name|there}}');
    await app.click('plan-test');
    expect(app.text('plan-tested')).toBe('Sent to mira@brindlewick.example');
    expect(app.host.calls.find((call) => call.name === 'plan_test')?.request).toMatchObject({ id: '48000' });
  });

  it('steps through ten, and counts the skimmed', async () => {
    await open();
    await write('Hello {{customer_first_name|there}}');
    await app.click('plan-spot');
    expect(app.text('plan-spot-skimmed')).toBe('1 of 10 skimmed');
    expect(app.text('plan-spot-text')).toBe('Hello Marta');
    for (let step = 0; step < 9; step += 1) await app.key('j');
    expect(app.text('plan-spot-skimmed')).toBe('10 of 10 skimmed');
    await app.key('Escape');
    expect(app.maybe('plan-spot-panel')).toBeNull();
    expect(app.maybe('plan')).not.toBeNull();
  });

  it('an answer to an old edit does not open the button for a newer one', async () => {
    await open();
    await write('First.');
    const call = app.host.call.bind(app.host);
    let answer: () => void = () => undefined;
    app.host.call = (name, request) =>
      name === 'edit_plan'
        ? new Promise((done, failed) => {
            answer = () => void call(name, request).then(done, failed);
          })
        : call(name, request);
    await write('Second.');
    app.host.call = call;
    const name = app.get('plan-name') as HTMLInputElement;
    name.value = 'Third edit';
    name.dispatchEvent(new Event('input', { bubbles: true }));
    answer();
    await app.settle(20);
    expect(isOff('plan-confirm')).toBe(true);
    await rest();
    expect(lastEdit()).toMatchObject({ reply: 'Second.', name: 'Third edit' });
    expect(isOff('plan-confirm')).toBe(false);
  });

  it('is saved for later, and kept when it is left', async () => {
    await open();
    await write('To be continued.');
    await app.click('plan-save');
    await app.settle(20);
    expect(app.maybe('plan')).toBeNull();
    expect(app.text('plan-saved')).toContain('Mass reply');
    await app.key('R', { shiftKey: true });
    await app.click('plan-cancel');
    expect(app.host.calls.filter((call) => call.name === 'save_plan')).toHaveLength(1);
    expect(app.host.calls.filter((call) => call.name === 'discard_plan')).toHaveLength(1);
    await app.key('R', { shiftKey: true });
    await write('Almost lost.');
    await app.click('plan-cancel');
    expect(app.host.calls.filter((call) => call.name === 'save_plan')).toHaveLength(2);
  });

  it('is kept when a notification leads away from it', async () => {
    await open();
    await write('Almost lost.');
    app.host.emit({ type: 'navigate', account: 'a1', id: '48009' });
    await app.settle(50);
    expect(app.host.calls.filter((call) => call.name === 'save_plan')).toHaveLength(1);
    expect(app.maybe('plan')).toBeNull();
    expect(app.host.calls.findLast((call) => call.name === 'thread')?.request).toMatchObject({ id: '48009' });
  });
});

describe('what is final', () => {
  it('delete is typed, and the focus starts on the harmless button', async () => {
    await select('is:active tag:vip');
    await app.click('bulk-more');
    expect(app.text('final-delete')).toContain('Final: cannot be undone');
    await app.click('final-delete');
    await app.settle(50);
    expect(document.activeElement).toBe(app.get('plan-cancel'));
    expect(app.text('plan-final')).toContain('Deleting is final: it cannot be undone.');
    expect(app.text('plan-undo')).toBe('Cannot be undone.');
    expect(isOff('plan-confirm')).toBe(true);
    await app.type('plan-type-number', 'delete');
    await app.key('Enter');
    await app.key('Enter', { ctrlKey: true });
    expect(app.host.calls.some((call) => call.name === 'confirm')).toBe(false);
    await app.type('plan-type-number', 'DELETE');
    expect(isOff('plan-confirm')).toBe(false);
    await app.click('plan-confirm');
    expect(app.host.calls.some((call) => call.name === 'confirm')).toBe(true);
    // The keys are the list's again.
    expect(document.activeElement).toBe(app.get('list'));
  });

  it('block, priority and all tags are in the bulk bar', async () => {
    await select('is:active tag:vip');
    await app.click('bulk-more');
    await app.click('final-block');
    await app.settle(50);
    expect(app.text('plan-change')).toContain('Blocked');
    await app.click('plan-cancel');
    await app.click('bulk-priority');
    await app.click('priority-urgent');
    await app.settle(50);
    expect(app.host.calls.findLast((call) => call.name === 'act')?.request).toMatchObject({
      change: { priority: 'urgent' },
    });
    await app.click('bulk-tags');
    await app.click('tags-remove-all');
    await app.settle(50);
    expect(app.host.calls.findLast((call) => call.name === 'act')?.request).toMatchObject({
      change: { removeAllTags: true },
    });
  });

  it('is off, with the reason, where the help desk cannot', async () => {
    app = await openWindow('plain');
    await app.key('j');
    await app.key('x');
    await app.click('bulk-more');
    expect(app.text('final-delete')).toContain('This help desk deletes nothing');
    await app.click('final-delete');
    await app.click('final-block');
    expect(app.maybe('plan')).toBeNull();
  });

  it('has neither button nor key nor entry where the help desk cannot', async () => {
    app = await openWindow('plain');
    await app.key('j');
    await app.key('x');
    expect(app.maybe('bulk-snooze')).toBeNull();
    expect(app.maybe('bulk-priority')).toBeNull();
    await app.key('p');
    await app.key('h');
    expect(app.maybe('priority-urgent')).toBeNull();
    await app.key('t');
    expect(app.maybe('tags-apply')).not.toBeNull();
    expect(app.maybe('tags-remove-all')).toBeNull();
  });

  it('archived says so before it is chosen', async () => {
    await select('is:active tag:vip');
    await app.click('bulk-status');
    expect(app.get('status-archived').classList.contains('final')).toBe(true);
    await app.click('status-archived');
    await app.settle(50);
    expect(app.text('plan-final')).toContain('Archived is final: it cannot be undone.');
  });
});
