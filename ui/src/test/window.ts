// Mounts the whole window over the fake host, and finds things in it as the end-to-end tour does: by test id.

import { flushSync, mount, unmount } from 'svelte';
import App from '../views/App.svelte';
import { FakeHost } from './fake/host';

export const NOW = new Date(2026, 4, 21, 14, 31).getTime();

export type Window = {
  host: FakeHost;
  /** Lets every answer, rest and redraw happen. */
  settle: (ms?: number) => Promise<void>;
  all: (testid: string) => HTMLElement[];
  get: (testid: string) => HTMLElement;
  maybe: (testid: string) => HTMLElement | null;
  text: (testid: string) => string;
  click: (testid: string, index?: number) => Promise<void>;
  key: (key: string, held?: KeyboardEventInit) => Promise<void>;
  type: (testid: string, text: string) => Promise<void>;
  close: () => Promise<void>;
};

export async function openWindow(mode = '', size = 320): Promise<Window> {
  const host = new FakeHost({ mode, now: NOW, size });
  const target = document.body.appendChild(document.createElement('div'));
  const app = mount(App, { target, props: { host, now: () => NOW } });
  const all = (testid: string) => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
  const get = (testid: string, index = 0) => {
    const found = all(testid)[index];
    if (!found) throw new Error(`There is no ${testid} in the window.`);
    return found;
  };
  const settle = async (ms = 0) => {
    flushSync();
    await new Promise((done) => setTimeout(done, ms));
    await new Promise((done) => setTimeout(done));
    flushSync();
  };
  const words = (element: HTMLElement) => (element.textContent ?? '').replace(/\s+/g, ' ').trim();
  await settle(20);
  return {
    host,
    settle,
    all,
    get,
    maybe: (testid) => all(testid)[0] ?? null,
    text: (testid) => words(get(testid)),
    click: async (testid, index = 0) => {
      get(testid, index).click();
      await settle(20);
    },
    key: async (key, held = {}) => {
      const target = document.activeElement ?? document.body;
      target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...held }));
      await settle(20);
    },
    type: async (testid, text) => {
      const field = get(testid) as HTMLInputElement;
      field.focus();
      field.value = text;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      await settle(260);
    },
    close: async () => {
      await unmount(app);
      target.remove();
    },
  };
}
