import { afterEach, describe, expect, it } from 'vitest';
import { ACCOUNT } from '../test/fake/shop';
import { openWindow, type Window } from '../test/window';

let app: Window;
afterEach(() => app.close());

const called = (name: string) => app.host.calls.filter((call) => call.name === name).map((call) => call.request);
const select = (key: string) => app.get(`setting-${key}`) as HTMLSelectElement;

async function openSettings(): Promise<void> {
  app = await openWindow();
  await app.click('account-switcher');
  await app.click('account-settings');
  await app.settle(50);
}
async function pick(key: string, label: string): Promise<void> {
  const field = select(key);
  field.selectedIndex = [...field.options].findIndex((option) => option.text === label);
  field.dispatchEvent(new Event('change', { bubbles: true }));
  await app.settle(50);
}

describe('settings', () => {
  it('say how the window looks, and remember it', async () => {
    await openSettings();
    await app.click('settings-appearance');
    await pick('theme', 'Dark');
    expect(document.documentElement.dataset.theme).toBe('dark');
    await pick('rows', 'Two lines');
    await app.key('Escape');
    expect(app.get('row').classList.contains('compact')).toBe(true);
    await app.click('list-rows');
    expect(app.get('row').classList.contains('compact')).toBe(false);
    await app.click('nav-settings');
    await app.click('settings-appearance');
    expect(select('theme').selectedOptions[0]?.text).toBe('Dark');
    expect(select('rows').selectedOptions[0]?.text).toBe('Three lines');
    await pick('theme', 'As the system');
    expect(document.documentElement.dataset.theme).toBeUndefined();
    localStorage.removeItem('preferences');
  });

  it('say how replies leave, and keep what is picked at once', async () => {
    await openSettings();
    const shown = ['holdOne', 'holdMany', 'holdChat', 'overdueMinutes'].map(
      (key) => select(key).selectedOptions[0]?.text,
    );
    expect(shown).toEqual(['10 s', '30 s', 'None', '10 min']);
    await pick('holdMany', '2 min');
    await pick('overdueMinutes', '1 hour');
    expect(called('save_sending_rules').at(-1)).toMatchObject({
      rules: { holdOne: 10, holdMany: 120, holdChat: 0, overdueMinutes: 60 },
    });
    await app.key('Escape');
    expect(app.maybe('settings')).toBeNull();
    expect(app.maybe('list')).not.toBeNull();
  });

  it('that cannot be kept say why, and go back to what is so', async () => {
    await openSettings();
    const { host } = app;
    const call = host.call.bind(host);
    host.call = (name, request) =>
      name === 'save_sending_rules'
        ? Promise.reject({ code: 'internal', message: 'The journal cannot be written.' })
        : call(name, request);
    await pick('holdOne', '60 s');
    expect(app.text('settings-error')).toContain('The journal cannot be written.');
    expect(select('holdOne').selectedOptions[0]?.text).toBe('10 s');
  });

  it('that cannot be read say why, and are read again', async () => {
    app = await openWindow();
    const { host } = app;
    const call = host.call.bind(host);
    host.call = (name, request) =>
      name === 'sending_rules'
        ? Promise.reject({ code: 'internal', message: 'The journal cannot be read.' })
        : call(name, request);
    await app.click('account-switcher');
    await app.click('account-settings');
    await app.settle(50);
    expect(app.text('settings-error')).toContain('The journal cannot be read.');
    host.call = call;
    app.get('settings-error').querySelector('button')?.click();
    await app.settle(50);
    expect(select('holdOne').selectedOptions[0]?.text).toBe('10 s');
    await app.click('settings-back');
    expect(app.maybe('settings')).toBeNull();
  });

  it('say what is on this computer, and set how much of it may be', async () => {
    await openSettings();
    await app.click('settings-storage');
    await app.settle(50);
    expect(app.text('storage-figures')).toContain('640');
    expect(app.text('storage-figures')).toContain('18.4 MB');
    expect(app.maybe('storage-removed')).toBeNull();
    await pick('keepDays', '90 days');
    await pick('keepMegabytes', '1 GB');
    expect(called('save_storage').at(-1)).toMatchObject({ keepDays: 90, keepMegabytes: 1000 });
    await pick('keepDays', 'Always');
    expect(called('save_storage').at(-1)).toMatchObject({ keepDays: null, keepMegabytes: 1000 });
    expect(app.text('storage-figures')).toContain('3.1 MB');
    await pick('keepFileMegabytes', 'Keep none');
    expect(called('save_storage').at(-1)).toMatchObject({ keepFileMegabytes: 0, keepMegabytes: 1000 });
    await pick('keepMegabytes', '250 MB');
    expect(app.text('settings-error')).toContain('The journal cannot be written.');
    expect(select('keepMegabytes').selectedOptions[0]?.text).toBe('1 GB');
    await app.click('settings-sending');
    await app.settle(50);
    expect(select('holdOne').selectedOptions[0]?.text).toBe('10 s');
  });

  it('say what was removed, and that a file keeps everything', async () => {
    app = await openWindow();
    const { host } = app;
    const call = host.call.bind(host);
    const stored = {
      keepDays: 30,
      keepMegabytes: null,
      megabytes: 2400,
      keepFileMegabytes: 0,
      fileMegabytes: 0,
      conversations: 9,
      withMessages: 2,
      removed: 1,
      removedUntil: '2026-01-31T10:00:00Z',
      isFile: false,
    };
    host.call = (name, request) =>
      name === 'storage' ? (Promise.resolve({ ...stored }) as ReturnType<typeof call>) : call(name, request);
    await app.click('account-switcher');
    await app.click('account-settings');
    await app.click('settings-storage');
    await app.settle(50);
    expect(app.text('storage-removed')).toContain('The messages of 1 conversation, last updated up to 31 Jan 2026');
    expect(app.text('storage-figures')).toContain('2.4 GB');
    stored.isFile = true;
    host.emit({ type: 'stateChanged', account: ACCOUNT.id });
    await app.settle(50);
    expect(app.text('storage-file')).toContain('everything stays');
    expect(app.maybe('setting-keepDays')).toBeNull();
  });
});
