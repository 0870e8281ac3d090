import { afterEach, describe, expect, it } from 'vitest';
import { openWindow, type Window } from '../test/window';

let app: Window;
afterEach(() => app.close());

const ids = () => app.all('row').map((row) => row.dataset.id);
const ticked = () => app.all('row').filter((row) => row.getAttribute('aria-selected') === 'true').length;

describe('the list', () => {
  it('shows the inbox, and counts beside every view', async () => {
    app = await openWindow();
    expect(app.text('list-total')).toBe('20 conversations');
    expect(app.text('nav-inbox')).toBe('Inbox 20');
    expect(app.get('row').getAttribute('aria-label')).toContain(
      'Marta Wiśniewska, Charged twice for order 48213, unread, needs reply, 14:28',
    );
  });

  it('repeats nothing that the filter fixes', async () => {
    app = await openWindow();
    expect(app.get('row').querySelector('.av')).toBeNull();
    await app.click('nav-active');
    expect(app.get('row').querySelector('.av')).not.toBeNull();
  });

  it('opens a conversation by keyboard, and Escape closes it', async () => {
    app = await openWindow();
    await app.key('j');
    await app.key('j');
    await app.key('Enter');
    expect(app.get('thread').dataset.id).toBe(ids()[1]);
    await app.key('Escape');
    expect(app.maybe('thread')).toBeNull();
  });

  it('holds the order while something is ticked, and counts what is new', async () => {
    app = await openWindow();
    await app.key('j');
    await app.key('x');
    const before = ids();
    const newcomer = app.host.find('48030');
    Object.assign(newcomer.row, { agent: 'mira@brindlewick.example', status: 'active' });
    app.host.world.unshift(...app.host.world.splice(app.host.world.indexOf(newcomer), 1));
    app.host.emit({ type: 'conversationsChanged', account: 'a1', ids: null });
    await app.settle(200);
    expect(ids()).toEqual(before);
    expect(app.text('list-new')).toBe('1 new');
    await app.key('Escape');
    await app.settle(200);
    expect(ids()[0]).toBe('48030');
  });
});

describe('the filter', () => {
  it('shows chips, and takes typed text', async () => {
    app = await openWindow();
    expect(app.all('filter-term').map((chip) => chip.textContent)).toEqual(['assignee:me', 'is:active']);
    await app.type('filter-input', 'is:active tag:refund');
    expect(app.text('list-total')).toBe('22 conversations');
  });

  it('says what is wrong, offers what to write, and keeps the last list', async () => {
    app = await openWindow();
    await app.type('filter-input', 'is:active older:30x');
    expect(app.text('filter-mistake')).toContain('“30x” is not an age.');
    expect(app.text('list-total')).toBe('20 conversations');
    await app.click('filter-suggestion');
    expect((app.get('filter-input') as HTMLInputElement).value).toBe('is:active older:30d');
    expect(app.maybe('filter-mistake')).toBeNull();
  });

  it('without a match names the term to drop', async () => {
    app = await openWindow();
    await app.type('filter-input', 'is:spam tag:wholesale team:billing nobodywritesthis');
    expect(app.text('empty-filter')).toContain('No conversation matches all four terms');
  });
});

describe('selecting', () => {
  it('ticks a range, then everything shown, then everything matching, minus one', async () => {
    app = await openWindow();
    await app.click('nav-active');
    await app.click('row-check', 0);
    app
      .get('row')
      .parentElement?.parentElement?.querySelectorAll<HTMLElement>('[data-testid=row]')[3]
      ?.dispatchEvent(new MouseEvent('click', { shiftKey: true, bubbles: true }));
    await app.settle(20);
    expect(app.text('bulk-count')).toBe('4 selected');
    expect(app.text('all-matching')).toBe('All 187 matching');
    await app.click('all-matching');
    expect(app.text('bulk-count')).toBe('All 187 matching');
    await app.click('row-check', 1);
    expect(app.text('bulk-count')).toBe('All 186 matching');
    expect(app.text('left-out')).toBe('1 left out');
    const asked = app.host.calls.filter((call) => call.name === 'selection_summary').at(-1)?.request;
    expect(asked).toMatchObject({ selection: { ids: null, filter: 'is:active', except: ['48001'] } });
  });

  it('completes a part to everything shown, and clears what is complete', async () => {
    app = await openWindow();
    await app.click('row-check', 1);
    await app.click('select-all');
    expect(app.text('bulk-count')).toBe('20 selected');
    await app.click('select-all');
    expect(app.maybe('bulk-bar')).toBeNull();
  });

  it('is cleared by another view, and the strip takes that back', async () => {
    app = await openWindow();
    await app.key('j');
    await app.key('x');
    await app.click('nav-active');
    expect(app.maybe('bulk-bar')).toBeNull();
    expect(app.text('strip-said')).toBe('Selection cleared');
    await app.click('strip-undo');
    expect(app.text('bulk-count')).toBe('1 selected');
    expect(ticked()).toBe(1);
  });

  it('survives opening a thread', async () => {
    app = await openWindow();
    await app.key('j');
    await app.key('x');
    await app.click('row', 2);
    expect(app.text('bulk-count')).toBe('1 selected');
  });

  it('offers no mass reply without the permission', async () => {
    app = await openWindow('viewer');
    await app.key('j');
    await app.key('x');
    expect(app.maybe('bulk-bar')).not.toBeNull();
    expect(app.maybe('mass-reply')).toBeNull();
    await app.key('R', { shiftKey: true });
    expect(app.maybe('plan')).toBeNull();
  });
});

describe('acting', () => {
  it('sets the status of a few on the click, dashed until the help desk has it', async () => {
    app = await openWindow();
    await app.key('j');
    await app.key('x');
    await app.key('s');
    await app.click('status-done');
    await app.settle(200);
    expect(app.host.calls.find((call) => call.name === 'act')?.request).toMatchObject({
      selection: { ids: ['48000'] },
      change: { status: 'done', until: null, addTags: [] },
    });
    // It has left the view, but its row stays in its place, dimmed, until the selection ends.
    expect(app.get('row').classList.contains('pend')).toBe(true);
    expect(app.text('strip-waiting')).toBe('1 change waiting');
    app.host.work(10);
    await app.settle(200);
    expect(app.text('job-result')).toBe('Done: Marta Wiśniewska');
  });

  it('opens the plan page for a change that is too large for a click', async () => {
    app = await openWindow();
    await app.click('nav-active');
    await app.key('j');
    await app.key('x');
    await app.click('all-matching');
    await app.key('s');
    await app.click('status-done');
    expect(app.text('plan-count')).toBe('187');
    expect(app.text('plan-before-after')).toBe('Status: Active → Done');
    await app.click('plan-cancel');
    expect(app.maybe('plan')).toBeNull();
    expect(app.text('bulk-count')).toBe('All 187 matching');
  });
});

describe('mass reply', () => {
  async function open(filter: string) {
    app = await openWindow();
    await app.type('filter-input', filter);
    (app.get('filter-input') as HTMLInputElement).blur();
    await app.key('j');
    await app.key('x');
    await app.click('all-matching');
    await app.key('R', { shiftKey: true });
  }

  it('shows who gets it and who does not, and what each one reads', async () => {
    await open('is:active tag:payment-issue-2026-05');
    expect(document.activeElement).toBe(app.get('plan-message'));
    expect(app.text('plan-count')).toBe('30');
    expect(
      app.all('plan-group').map((group) => [group.dataset.verdict, group.querySelector('.n')?.textContent]),
    ).toEqual([
      ['will_send', '30'],
      ['window_closed', '7'],
      ['voice', '9'],
    ]);
    await app.type('plan-message', 'Hello {{customer_first_name|there}}');
    expect(app.text('plan-rendered')).toContain('Hello Marta');
    expect(app.text('plan-confirm')).toContain('Send to 30 people');
  });

  it('refuses an unknown merge tag', async () => {
    await open('is:active tag:payment-issue-2026-05');
    await app.type('plan-message', 'Hello {{oops}}');
    expect(app.text('plan-unknown-tags')).toContain('No such merge tag: oops.');
    expect(app.get('plan-confirm').getAttribute('aria-disabled')).toBe('true');
  });

  it('wants the number typed above 50, and sends exactly what was seen', async () => {
    await open('is:active');
    await app.type('plan-message', 'We are back.');
    await app.click('plan-done');
    await app.settle(260);
    const number = app.text('plan-count');
    await app.click('plan-confirm');
    expect(app.host.calls.some((call) => call.name === 'confirm')).toBe(false);
    await app.type('plan-type-number', number);
    await app.click('plan-confirm');
    const confirmed = app.host.calls.find((call) => call.name === 'confirm')?.request;
    expect(confirmed).toMatchObject({ count: Number(number) });
    expect(app.maybe('plan')).toBeNull();
    expect(app.maybe('bulk-bar')).toBeNull();
    app.host.work(10);
    await app.settle(20);
    expect(app.text('job-progress')).toBe(`10 of ${number}`);
    app.host.work(1000);
    await app.settle(20);
    expect(app.text('job-result')).toBe(`${number} sent, 42 window closed, 16 voice`);
  });

  it('looks again when the plan is not what was seen any more', async () => {
    await open('is:active tag:payment-issue-2026-05');
    await app.type('plan-message', 'We are back.');
    app.host.find('48000').row.channel = 'voice';
    await app.click('plan-confirm');
    expect(app.text('plan-conflict')).toContain('it was 30, it is 29 now');
    expect(app.text('plan-count')).toBe('29');
  });
});

describe('a conversation', () => {
  it('is replied to: the draft goes, the message stands dashed until it is sent', async () => {
    app = await openWindow();
    await app.click('row');
    expect(app.all('message')).toHaveLength(3);
    await app.type('composer', 'The refund leaves today.');
    await app.click('composer-send');
    expect((app.get('composer') as HTMLTextAreaElement).value).toBe('');
    expect(app.text('delivery')).toBe('Has not left yet');
    app.host.work(1);
    await app.settle(200);
    expect(app.maybe('delivery')).toBeNull();
  });

  it('keeps each draft with its conversation', async () => {
    app = await openWindow();
    await app.click('row', 0);
    await app.type('composer', 'for Marta');
    await app.click('row', 2);
    expect((app.get('composer') as HTMLTextAreaElement).value).toBe('');
    await app.click('row', 0);
    expect((app.get('composer') as HTMLTextAreaElement).value).toBe('for Marta');
  });

  it('is followed by key, folds events and quotes, frames HTML', async () => {
    app = await openWindow();
    await app.click('row');
    expect(app.text('follow')).toBe('Following');
    await app.key('f');
    expect(app.text('follow')).toBe('Follow');
    expect(app.text('event')).toMatch(/^4 events – tagged payment-issue-2026-05, .*Tue/);
    await app.click('formatted');
    const frame = document.querySelector('iframe');
    expect(frame?.getAttribute('src')).toBe('mail://localhost/a1/48000/48000-8');
    expect(frame?.getAttribute('sandbox')).toBe('');
  });

  it('opens from a notification', async () => {
    app = await openWindow();
    app.host.emit({ type: 'navigate', account: 'a1', id: '48009' });
    await app.settle(20);
    expect(app.get('thread').dataset.id).toBe('48009');
  });
});

describe('states', () => {
  it('offline says since when, and that changes wait', async () => {
    app = await openWindow('offline');
    expect(app.text('strip-connection')).toBe('Offline since 14:29');
    expect(app.text('strip-next-try')).toBe('next try in 38 s');
    expect(app.text('strip-waiting')).toBe('3 changes waiting');
    expect(app.text('strip-cache')).toBe('Showing what was here at 14:28');
    await app.click('strip-waiting');
    expect(app.all('waiting-job')).toHaveLength(3);
  });

  it.each([
    ['locked', 'health-keychainLocked', 'The keychain is locked'],
    ['missing', 'health-keyMissing', 'The key is not in the keychain any more'],
    ['newer', 'health-newerData', 'This data was written by a newer Muster'],
    ['empty', 'empty-inbox', 'Nothing waits for you'],
    ['syncing', 'sync-progress', '812 of about 2,000'],
  ])('%s', async (mode, testid, words) => {
    app = await openWindow(mode);
    expect(app.text(testid)).toContain(words);
  });

  it('a copy that was damaged says once that it is fetched again', async () => {
    app = await openWindow('renewed');
    expect(app.text('strip-said')).toBe('The copy on this computer was damaged and is being fetched again.');
    [...document.querySelectorAll('button')].find((button) => button.textContent === 'Close')?.click();
    await app.settle();
    expect(app.text('strip-connection')).toContain('Fetching again');
    app.host.emit({ type: 'stateChanged', account: 'a1' });
    await app.settle(200);
    expect(app.maybe('strip-said')).toBeNull();
  });

  it('a refused key can be replaced', async () => {
    app = await openWindow('keyRefused');
    expect(app.text('strip-connection')).toBe('Key refused');
    await app.click('new-key');
    await app.type('key-input', 'fresh');
    await app.click('key-set');
    expect(app.text('strip-connection')).toBe('Online');
  });

  it('first run checks address and key before anything is stored', async () => {
    app = await openWindow('first');
    await app.type('account-url', 'https://desk.brindlewick.example');
    await app.type('account-key', 'wrong');
    await app.settle(300);
    expect(app.text('account-error')).toContain('refuses this key');
    await app.type('account-key', 'right');
    await app.settle(300);
    expect(app.text('account-me')).toBe('Belongs to Mira Okafor, role Agent, may reply');
    await app.click('account-add');
    expect(app.text('list-total')).toBe('20 conversations');
  });
});

describe('a file of a message', () => {
  it('is saved on a click, and the strip says where', async () => {
    app = await openWindow();
    await app.key('j');
    await app.key('Enter');
    expect(app.text('attachment')).toContain('statement-20-may.png');
    await app.click('attachment');
    await app.settle(50);
    expect(app.host.calls.findLast((call) => call.name === 'save_attachment')?.request).toEqual({
      account: 'a1',
      id: '48000',
      message: '48000-8',
      file: 'a1',
    });
    expect(app.text('file-saved')).toContain('/home/mira/Downloads/statement-20-may.png');
  });

  it('says that it is not here while the help desk cannot be reached', async () => {
    app = await openWindow('offline');
    await app.key('j');
    await app.key('Enter');
    await app.click('attachment');
    await app.settle(50);
    expect(app.maybe('file-saved')).toBeNull();
    expect(document.body.textContent).toContain('“statement-20-may.png” is not on this computer');
  });

  it('is off where the help desk hands none out', async () => {
    app = await openWindow('plain');
    await app.key('j');
    await app.key('Enter');
    expect((app.get('attachment') as HTMLButtonElement).disabled).toBe(true);
  });
});
