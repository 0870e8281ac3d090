// What an agent does all day, with the keyboard alone.

import { afterEach, describe, expect, it } from 'vitest';
import { openWindow, type Window } from '../test/window';

let app: Window;
afterEach(() => app.close());

const called = (name: string) => app.host.calls.filter((call) => call.name === name).map((call) => call.request);
const focused = () => (document.activeElement as HTMLElement | null)?.dataset.testid;
const open = () => app.maybe('thread')?.dataset.id ?? null;
const onRow = () => app.get('list').getAttribute('aria-activedescendant');
const isOff = (testid: string) => app.get(testid).getAttribute('aria-disabled') === 'true';

async function keys(...all: string[]) {
  for (const key of all) await app.key(key, /^[A-Z]$/.test(key) ? { shiftKey: true } : {});
}
async function filter(text: string) {
  await keys('/');
  await app.type('filter-input', text);
  await app.key('Escape');
}
/** Everything that matches, by key. */
async function selectMatching() {
  await keys('j', 'x');
  await app.key('A', { ctrlKey: true, shiftKey: true });
}

describe('going through the inbox', () => {
  it('opens the next conversation when one is done', async () => {
    app = await openWindow();
    const [first, second, third] = app.all('row').map((row) => row.dataset.id);
    await keys('j', 'Enter');
    expect(open()).toBe(first);
    await keys('e');
    await app.settle(200);
    expect(open()).toBe(second);
    expect(app.all('row').map((row) => row.dataset.id)).not.toContain(first);
    expect(onRow()).toBe(`row-${second ?? ''}`);
    await keys('j', 'Enter');
    expect(open()).toBe(third);
  });

  it('opens the next one even when the list was asked for again meanwhile', async () => {
    app = await openWindow();
    const [, second] = app.all('row').map((row) => row.dataset.id);
    await keys('j', 'Enter');
    // An event of the engine, as they come while it works: the answer to the first question is not taken.
    const call = app.host.call.bind(app.host);
    let asked = 0;
    app.host.call = (name, request) => {
      if (name === 'list' && (asked += 1) === 1) app.host.emit({ type: 'accountsChanged' });
      return new Promise((done) => setTimeout(done, 130)).then(() => call(name, request));
    };
    await keys('e');
    await app.settle(1200);
    expect(asked).toBeGreaterThan(1);
    expect(open()).toBe(second);
  });

  it('stays where the conversation stays, and where one likes to stay', async () => {
    app = await openWindow();
    await filter('channel:email');
    await keys('j', 'Enter');
    const id = open();
    await keys('e');
    await app.settle(200);
    expect(open()).toBe(id);
    expect(app.text('thread-status')).toBe('Done');
    await app.close();

    localStorage.setItem('preferences', JSON.stringify({ goesOn: false }));
    app = await openWindow();
    localStorage.removeItem('preferences');
    await keys('j', 'Enter', 'e');
    await app.settle(200);
    expect(open()).toBe('48000');
  });

  it('closes the last one', async () => {
    app = await openWindow();
    await filter('is:active tag:vip');
    expect(app.all('row')).toHaveLength(1);
    await keys('j', 'Enter', 'e');
    await app.settle(200);
    expect(open()).toBeNull();
    expect(app.text('list-total')).toBe('0 conversations');
  });

  it('goes on after a reply that marks as done, and comes back when it is taken back', async () => {
    app = await openWindow();
    const [first, second] = app.all('row').map((row) => row.dataset.id);
    await keys('j', 'Enter', 'r');
    await app.settle(40);
    await app.type('composer', 'It is solved.');
    await app.key('Enter', { ctrlKey: true, shiftKey: true });
    await app.settle(200);
    expect(called('reply')).toMatchObject([{ id: first, done: true }]);
    expect(open()).toBe(second);
    (document.activeElement as HTMLElement).blur();
    await app.key('z', { ctrlKey: true });
    await app.settle(300);
    expect(open()).toBe(first);
    expect((app.get('composer') as HTMLTextAreaElement).value).toBe('It is solved.');
  });

  it('keeps its place in the list when a row goes', async () => {
    app = await openWindow();
    const ids = app.all('row').map((row) => row.dataset.id);
    await keys('j', 'j', 'j');
    expect(onRow()).toBe(`row-${ids[2] ?? ''}`);
    app.host.find(ids[2] ?? '').row.status = 'done';
    app.host.emit({ type: 'conversationsChanged', account: 'a1', ids: null });
    await app.settle(300);
    expect(onRow()).toBe(`row-${ids[3] ?? ''}`);
    // It stands there and was not moved to: the next one is this one.
    await keys('j');
    expect(onRow()).toBe(`row-${ids[3] ?? ''}`);
    await keys('k');
    expect(onRow()).toBe(`row-${ids[1] ?? ''}`);
  });
});

describe('a mass reply', () => {
  it('is selected, written, narrowed, typed and sent', async () => {
    app = await openWindow();
    await filter('is:active');
    await selectMatching();
    expect(app.text('bulk-count')).toBe('All 187 matching');
    await keys('R');
    await app.settle(60);
    expect(focused()).toBe('plan-message');
    await app.type('plan-message', 'Your order is on its way.');
    await app.settle(280);
    // The field is further inside than the page.
    await app.key('Escape');
    expect(app.maybe('plan')).not.toBeNull();
    expect(focused()).toBeUndefined();
    const count = () => Number(app.text('plan-count'));
    const before = count();
    await keys('j', 'x');
    await app.settle(320);
    expect(count()).toBe(before - 1);
    await keys('x');
    await app.settle(320);
    expect(count()).toBe(before);
    expect(isOff('plan-confirm')).toBe(true);
    await app.type('plan-type-number', String(before));
    expect(isOff('plan-confirm')).toBe(false);
    await app.key('Enter');
    expect(called('confirm')).toEqual([]);
    await app.key('Enter', { ctrlKey: true });
    await app.settle(60);
    expect(called('confirm')).toMatchObject([{ count: before }]);
    expect(app.maybe('plan')).toBeNull();
    expect(focused()).toBe('list');
  });

  it('a large change starts in the number that has to be typed', async () => {
    app = await openWindow();
    await filter('is:active');
    await selectMatching();
    await keys('e');
    await app.settle(60);
    expect(focused()).toBe('plan-type-number');
    await app.key('Escape');
    await app.key('Escape');
    await app.settle(60);
    expect(app.maybe('plan')).toBeNull();
    expect(app.text('bulk-count')).toBe('All 187 matching');
  });
});

describe('a job', () => {
  const state = () => app.get('job-detail').dataset.state;
  async function jobs(mode: string, name: string) {
    app = await openWindow(mode);
    await keys('g', 'j');
    await app.settle(60);
    const at = app.all('job-row').findIndex((row) => row.textContent?.includes(name));
    for (let step = 0; step < at; step += 1) await keys('j');
    await app.settle(60);
    expect(app.text('job-name')).toBe(name);
  }

  it('is paused, goes on, and is stopped at its price', async () => {
    await jobs('jobs', 'Payment incident resolved');
    await keys('p');
    await app.settle(60);
    expect(state()).toBe('paused');
    await keys('p');
    await app.settle(60);
    expect(state()).toBe('running');
    await keys('s');
    await app.settle(60);
    const harmless = app.get('job-stop-back');
    expect(harmless.textContent).toBe('Let it run');
    harmless.focus();
    await app.key('Escape');
    await app.settle(60);
    expect(app.maybe('job-stop-back')).toBeNull();
    expect(state()).toBe('running');
    await keys('s');
    await app.settle(60);
    await app.click('job-stop-confirm');
    await app.settle(60);
    expect(state()).toBe('cancelled');
  });

  it('is paused from anywhere', async () => {
    app = await openWindow('jobs');
    await app.key('P', { ctrlKey: true, shiftKey: true });
    await app.settle(60);
    expect(called('pause_job')).toHaveLength(1);
  });

  it('sends the first few, then the rest', async () => {
    await jobs('jobs', 'Refund delay: first ten');
    expect(app.text('job-resume')).toBe('Send to the other 30');
    await keys('p');
    await app.settle(60);
    expect(called('resume_job')).toHaveLength(1);
    expect(state()).toBe('running');
  });

  it('is tried again where it failed', async () => {
    await jobs('jobsDone', 'Payment incident resolved');
    expect(app.maybe('job-retry')).not.toBeNull();
    await keys('r');
    await app.settle(60);
    expect(called('retry_job')).toHaveLength(1);
  });

  it('is given back', async () => {
    await jobs('jobsDone', 'Retag returns as refund');
    await keys('u');
    await app.settle(60);
    await app.click('job-undo-confirm');
    await app.settle(60);
    expect(called('undo_job')).toHaveLength(1);
  });

  it('keys of a job do nothing in the inbox', async () => {
    app = await openWindow('jobs');
    await keys('j', 'Enter', 'p');
    expect(app.get('thread-priority').getAttribute('aria-expanded')).toBe('true');
    expect(called('pause_job')).toEqual([]);
  });
});

describe('finding one’s way', () => {
  it('the list is entered on a row, not as a whole', async () => {
    app = await openWindow();
    await keys('/');
    await app.key('Escape');
    expect(focused()).toBe('list');
    expect(onRow()).toBe(`row-${app.all('row')[0]?.dataset.id ?? ''}`);
  });

  it('the shortcuts are found by a word or a key, and give the focus back', async () => {
    app = await openWindow();
    await keys('j');
    await keys('?');
    await app.settle(60);
    const all = app.all('shortcut').length;
    expect(all).toBeGreaterThan(40);
    await app.type('shortcuts-find', 'undo');
    expect(app.all('shortcut').map((one) => one.textContent?.trim())).toEqual([
      expect.stringContaining('Undo the last action') as unknown,
      expect.stringContaining('Undo this job') as unknown,
    ]);
    await app.type('shortcuts-find', 'e');
    expect(app.all('shortcut')[0]?.textContent).toContain('Done');
    await app.key('Escape');
    await app.settle(60);
    expect(app.maybe('shortcuts')).toBeNull();
    expect(focused()).toBe('list');
  });

  it('the contact stands beside the thread, with what else they wrote', async () => {
    app = await openWindow();
    await keys('j', 'Enter');
    expect(app.maybe('contact')).toBeNull();
    await app.key('i', { ctrlKey: true });
    await app.settle(40);
    expect(app.text('contact')).toContain('customer0@mail.example');
    expect(app.all('contact-other')).toHaveLength(2);
    await app.click('contact-other');
    await app.settle(40);
    expect(open()).toBe('48030');
    await app.click('contact-close');
    expect(app.maybe('contact')).toBeNull();
  });

  it('an empty filter says how one begins', async () => {
    app = await openWindow();
    await keys('/');
    await app.type('filter-input', '');
    expect(app.all('filter-suggestion').map((one) => one.textContent?.trim())[0]).toMatch(/^is:/);
    await app.key('ArrowDown');
    await app.key('Enter');
    await app.settle(100);
    expect((app.get('filter-input') as HTMLInputElement).value).toBe('is:');
  });

  it('settings open and close by key', async () => {
    app = await openWindow();
    await app.key(',', { ctrlKey: true });
    expect(app.maybe('settings')).not.toBeNull();
    await app.key('Escape');
    expect(app.maybe('settings')).toBeNull();
    await app.click('nav-settings');
    expect(app.maybe('settings')).not.toBeNull();
  });
});
