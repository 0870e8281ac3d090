import { afterEach, describe, expect, it } from 'vitest';
import { openWindow, type Window } from '../test/window';

let app: Window;
afterEach(() => app.close());

const area = () => app.get('note-text') as HTMLTextAreaElement;
const requests = (name: string) => app.host.calls.filter((call) => call.name === name).map((call) => call.request);

async function open(mode = '', at = 0) {
  app = await openWindow(mode);
  await app.click('row', at);
}
/** Writes with the caret behind the last letter, as typing does. */
async function write(text: string) {
  area().focus();
  area().value = text;
  area().setSelectionRange(text.length, text.length);
  area().dispatchEvent(new Event('input', { bubbles: true }));
  await app.settle(20);
}
const names = () =>
  app.all('mention').map((one) => /^\S+ \S+/.exec((one.querySelector('.grow')?.textContent ?? '').trim())?.[0]);

describe('a note', () => {
  it('is written by key, pending at once, and there when the help desk has it', async () => {
    await open();
    await app.key('m');
    await app.settle(40);
    expect(document.activeElement).toBe(area());
    expect(app.text('write-note')).toBe('Note');
    expect(app.get('write-note').getAttribute('aria-pressed')).toBe('true');
    await write('The capture shows up here too.');
    await app.key('Enter', { ctrlKey: true });
    await app.settle(50);
    expect(requests('note')).toEqual([
      { account: 'a1', id: '48000', text: 'The capture shows up here too.', files: [], hold: null },
    ]);
    expect(requests('reply')).toEqual([]);
    expect(area().value).toBe('');
    const pending = app.all('note').at(-1);
    expect(pending?.textContent).toContain('The capture shows up here too.');
    expect(pending?.textContent).toContain('Has not left yet');
    expect(app.text('composer-held')).toContain('Note on Marta Wiśniewska leaves in 10 s');
    app.host.work(1);
    await app.settle(400);
    expect(app.all('note').at(-1)?.textContent).not.toContain('Has not left yet');
  });

  it('carries files, and is taken back with them', async () => {
    await open();
    await app.click('write-note');
    await write('See the capture.');
    const input = app.get('note-attach-input') as HTMLInputElement;
    Object.defineProperty(input, 'files', { value: [new File(['a'.repeat(90)], 'capture.png')], writable: true });
    input.dispatchEvent(new Event('change', { bubbles: true }));
    await app.settle(100);
    expect(app.text('file')).toContain('capture.png');
    await app.click('note-add');
    await app.settle(50);
    const [note] = requests('note') as { files: string[] }[];
    expect(note?.files).toHaveLength(1);
    expect(app.all('note').at(-1)?.textContent).toContain('capture.png');
    await app.key('z', { ctrlKey: true });
    await app.settle(100);
    expect(area().value).toBe('See the capture.');
    expect(app.text('file')).toContain('capture.png');
  });

  it('says where a help desk hangs no files on notes', async () => {
    await open('textNotes');
    await app.click('write-note');
    const attach = app.get('note-attach');
    expect(attach.getAttribute('aria-disabled')).toBe('true');
    expect(attach.title).toBe('This help desk hangs no files on notes');
  });

  it('shows whom it calls', async () => {
    await open();
    expect(app.all('called').map((one) => one.textContent)).toEqual(['@Mira']);
  });

  it('calls a team', async () => {
    await open();
    await app.click('write-note');
    await write('@bil');
    expect(app.all('mention').map((one) => one.textContent?.replace(/\s+/g, ' ').trim())).toEqual([
      expect.stringMatching(/^All of Billing 6 people/) as unknown,
    ]);
    await app.key('Enter');
    expect(area().value).toBe('@Billing ');
    await write('@log');
    expect(app.all('mention')).toEqual([]);
  });

  it('is taken back into its own draft', async () => {
    await open();
    await app.type('composer', 'Dear Marta');
    await app.click('write-note');
    await write('Look at this');
    await app.click('note-add');
    await app.settle(50);
    await app.key('z', { ctrlKey: true });
    await app.settle(100);
    expect(area().value).toBe('Look at this');
    expect(app.maybe('composer-held')).toBeNull();
    await app.click('write-reply');
    await app.settle(40);
    expect((app.get('composer') as HTMLTextAreaElement).value).toBe('Dear Marta');
  });

  it('keeps its draft apart, and is shown again where it was begun', async () => {
    await open();
    await app.click('write-note');
    await write('For the team');
    await app.click('row', 2);
    expect(app.maybe('note-text')).toBeNull();
    expect(requests('save_draft')).toEqual([
      { account: 'a1', id: '48000', kind: 'note', text: 'For the team', files: [] },
    ]);
    await app.click('row', 0);
    expect(area().value).toBe('For the team');
  });

  it('offline says that it waits', async () => {
    await open('offline');
    await app.click('write-note');
    expect(app.text('note-add')).toContain('Add when back');
    expect(app.get('note-text').closest('section')?.textContent).toContain('Offline: the note waits here');
    await write('Later');
    await app.click('note-add');
    await app.settle(50);
    expect(app.all('note').at(-1)?.textContent).toContain('Has not left yet');
  });

  it('that the journal did not take stays a draft', async () => {
    await open();
    await app.click('write-note');
    await write('Look at this');
    const call = app.host.call.bind(app.host);
    app.host.call = (name, request) =>
      name === 'note' ? Promise.reject({ code: 'diskFull', message: 'The disk is full.' }) : call(name, request);
    await app.click('note-add');
    await app.settle(50);
    app.host.call = call;
    expect(area().value).toBe('Look at this');
  });

  it('is not offered where the help desk takes none', async () => {
    await open('plain');
    expect(app.maybe('write-note')).toBeNull();
    await app.key('m');
    await app.settle(40);
    expect(app.maybe('note-text')).toBeNull();
  });

  it('can be written by who may not reply', async () => {
    await open('viewer');
    expect(app.maybe('composer')).toBeNull();
    await app.key('m');
    await app.settle(40);
    await write('Seen');
    await app.click('note-add');
    await app.settle(50);
    expect(requests('note')).toHaveLength(1);
  });
});

describe('a mention', () => {
  it('is chosen by arrows and Return, and Escape leaves the text as it is', async () => {
    await open();
    await app.key('m');
    await app.settle(40);
    await write('The capture shows up. @');
    expect(names()).toEqual(['Aiko Tan', 'Jonas Feld', 'Luis Romero', 'All of', 'All of', 'All of']);
    await app.key('ArrowDown');
    expect(app.all('mention')[1]?.getAttribute('aria-selected')).toBe('true');
    expect(area().getAttribute('aria-activedescendant')).toBe(app.all('mention')[1]?.id);
    await app.key('Enter');
    await app.settle(40);
    expect(area().value).toBe('The capture shows up. @Jonas Feld ');
    expect(app.maybe('mentions')).toBeNull();
    await write('The capture shows up. @Jonas Feld and @ai');
    expect(names()).toEqual(['Aiko Tan']);
    await app.key('Escape');
    expect(app.maybe('mentions')).toBeNull();
    expect(document.activeElement).toBe(area());
    expect(area().value).toBe('The capture shows up. @Jonas Feld and @ai');
  });

  it('is chosen by the pointer, and begun by its button', async () => {
    await open();
    await app.click('write-note');
    await write('See');
    await app.click('note-mention');
    await app.settle(40);
    expect(area().value).toBe('See @');
    await app.click('mention', 0);
    await app.settle(40);
    expect(area().value).toBe('See @Aiko Tan ');
  });
});
