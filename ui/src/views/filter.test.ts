import { afterEach, describe, expect, it } from 'vitest';
import { openWindow, type Window } from '../test/window';

let app: Window;
afterEach(() => app.close());

const input = () => app.get('filter-input') as HTMLInputElement;
const chips = () => app.all('filter-term').map((chip) => chip.textContent);
const chosen = () => input().value.slice(input().selectionStart ?? 0, input().selectionEnd ?? 0);

describe('chips', () => {
  it('edits the term that is clicked, in the line', async () => {
    app = await openWindow();
    await app.click('filter-term', 1);
    expect(document.activeElement).toBe(input());
    expect([input().value, chosen()]).toEqual(['assignee:me is:active', 'is:active']);
    await app.type('filter-input', 'assignee:me is:done');
    await app.key('Enter');
    expect(chips()).toEqual(['assignee:me', 'is:done']);
  });

  it('is walked through and emptied by keyboard', async () => {
    app = await openWindow();
    app.all('filter-term')[0]?.focus();
    await app.key('ArrowRight');
    expect(document.activeElement?.textContent).toBe('is:active');
    await app.key('Backspace');
    expect(chips()).toEqual(['assignee:me']);
    expect(document.activeElement?.textContent).toBe('assignee:me');
    await app.key('Enter');
    expect(chosen()).toBe('assignee:me');
    await app.key('Escape');
    app.all('filter-term')[0]?.focus();
    await app.key('Delete');
    expect(chips()).toEqual([]);
    expect(document.activeElement).toBe(input());
  });

  it('types on behind the last one', async () => {
    app = await openWindow();
    app.all('filter-term')[1]?.focus();
    await app.key('ArrowRight');
    await app.settle(20);
    expect([document.activeElement, input().value]).toEqual([input(), 'assignee:me is:active ']);
  });
});

describe('while typing', () => {
  it('completes where the cursor stands, and puts the cursor behind it', async () => {
    app = await openWindow();
    await app.type('filter-input', 'tag:ref');
    expect(app.text('filter-suggestion')).toBe('tag:refund Tab');
    await app.key('Tab');
    await app.settle(20);
    expect([input().value, input().selectionStart]).toEqual(['tag:refund', 10]);
    const asked = app.host.calls.filter(({ name }) => name === 'check_filter').at(-1)?.request;
    expect(asked).toEqual({ account: 'a1', text: 'tag:refund', cursor: 10 });
  });

  it('marks the place of a mistake', async () => {
    app = await openWindow();
    await app.type('filter-input', 'is:active older:30x');
    expect(app.text('filter-mark')).toBe('30x');
    expect(input().getAttribute('aria-invalid')).toBe('true');
  });

  it('doubts a name that the help desk does not know, and offers the one that was meant', async () => {
    app = await openWindow();
    await app.type('filter-input', 'tag:refnud');
    expect(app.text('filter-doubt')).toBe('The help desk knows no tag "refnud". Did you mean refund?');
    expect(app.text('empty-filter')).toContain('Did you mean refund?');
    await app.click('take-meant');
    expect(input().value).toBe('tag:refund');
  });
});

describe('what was searched for', () => {
  it('is marked in the rows and in the thread', async () => {
    app = await openWindow();
    await app.type('filter-input', 'charged');
    const marks = () => [...document.querySelectorAll('mark')].map((mark) => mark.textContent);
    expect(marks()).toEqual(['Charged']);
    await app.type('filter-input', 'statement');
    await app.key('Enter');
    await app.click('row');
    await app.settle(40);
    expect([...app.get('thread').querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['statement']);
    await app.click('nav-active');
    await app.settle(40);
    expect(document.querySelector('mark')).toBeNull();
  });
});

describe('coverage', () => {
  it('says what a count does not cover', async () => {
    app = await openWindow('syncing');
    expect(app.text('list-coverage')).toContain('so far: Covers everything since 1 March 2025.');
    await app.click('nav-active');
    await app.click('select-all');
    await app.click('all-matching');
    expect(app.text('bulk-coverage')).toContain('Covers everything since 1 March 2025.');
    await app.close();
    app = await openWindow();
    expect(app.maybe('list-coverage')).toBeNull();
  });
});

describe('an account that is a file', () => {
  it('can be read, and says why nothing can be changed', async () => {
    app = await openWindow('file');
    expect(app.text('strip-connection')).toContain('From a file');
    await app.click('nav-active');
    await app.key('j');
    await app.key('x');
    expect(app.text('summary')).toContain('nothing in it can be changed or sent');
    expect(app.maybe('bulk-status')).toBeNull();
    await app.key('e');
    expect(app.host.calls.some(({ name }) => name === 'act')).toBe(false);
  });
});
