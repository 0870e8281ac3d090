import { afterEach, describe, expect, it } from 'vitest';
import { openWindow, type Window } from '../test/window';
import { labelMarks } from './palette';

let app: Window;
afterEach(() => app.close());

const names = () =>
  [...document.querySelectorAll('[data-testid^="nav-saved:"]')].map((one) => one.querySelector('bdi')?.textContent);

async function save(name: string, filter: string) {
  await app.type('filter-input', filter);
  await app.key('Enter');
  await app.click('save-view');
  await app.type('view-name', name);
  await app.click('view-save');
  await app.settle(40);
}

async function choose(index: number, item: string) {
  await app.click('view-menu', index);
  await app.click(item);
  await app.settle(40);
}

describe('saved views', () => {
  it('keeps a filter under a name, with its count', async () => {
    app = await openWindow();
    expect(app.maybe('save-view')).toBeNull();
    await save('Refunds', 'is:active tag:refund channel:email');
    expect(names()).toEqual(['Refunds']);
    const count = app.text('list-total').split(' ')[0];
    expect(app.get('nav-saved:v1').getAttribute('aria-label')).toContain(`Refunds, ${count}`);
    expect(app.maybe('save-view')).toBeNull();
    await app.click('nav-inbox');
    await app.key('g');
    await app.key('1');
    await app.settle(40);
    expect(app.get('nav-saved:v1').getAttribute('aria-current')).toBe('page');
  });

  it('refuses a name that is taken, and says so beside it', async () => {
    app = await openWindow();
    await save('Refunds', 'is:done tag:refund');
    await save('refunds', 'is:done tag:vip');
    expect(app.text('view-error')).toContain('already');
    expect(names()).toEqual(['Refunds']);
  });

  it('renames, moves and deletes, and takes a deletion back', async () => {
    app = await openWindow();
    await save('One', 'is:done tag:refund');
    await save('Two', 'is:done tag:vip');
    await choose(1, 'view-up');
    expect(names()).toEqual(['Two', 'One']);
    await app.click('view-menu', 0);
    await app.click('view-rename');
    await app.type('view-name', 'Three');
    await app.click('view-save');
    await app.settle(40);
    expect(names()).toEqual(['Three', 'One']);
    await choose(0, 'view-remove');
    expect(names()).toEqual(['One']);
    await app.click('strip-undo');
    await app.settle(40);
    expect(names()).toEqual(['One', 'Three']);
  });
});

describe('the palette', () => {
  it('goes to a view, finds conversations and does what has a key', async () => {
    app = await openWindow();
    await app.key('k', { ctrlKey: true });
    await app.type('palette-input', 'snooz');
    expect(app.text('palette-item')).toContain('Snoozed');
    await app.key('Enter');
    await app.settle(40);
    expect(app.get('nav-snoozed').getAttribute('aria-current')).toBe('page');

    await app.key('k', { ctrlKey: true });
    await app.type('palette-input', 'charged twice');
    const items = app.all('palette-item').map((item) => item.textContent?.trim());
    expect(items.some((item) => item?.includes('Marta Wiśniewska'))).toBe(true);
    await app.key('Enter', { shiftKey: true });
    await app.settle(200);
    expect((app.get('filter-input') as HTMLInputElement).value).toBe('charged twice');
  });

  it('narrows to tags and to actions', async () => {
    app = await openWindow();
    await app.click('palette-open');
    await app.type('palette-input', '#ref');
    expect(app.all('palette-item').map((item) => item.querySelector('bdi')?.textContent)).toEqual([
      expect.stringContaining('refund'),
    ]);
    await app.type('palette-input', '>undo');
    expect(app.text('palette-item')).toContain('Undo the last action');
    await app.type('palette-input', '>nothing is called so');
    expect(app.text('palette')).toContain('Nothing by that name');
  });

  it('marks what was typed in a name', () => {
    expect(labelMarks('Snoozed', '>snoo')).toEqual([{ at: 0, len: 4 }]);
    expect(labelMarks('Straße', 'strasse')).toEqual([]);
  });
});
