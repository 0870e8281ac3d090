import '@fontsource-variable/inter/wght.css';
import { mount } from 'svelte';
import type { Host } from './lib/host/host';
import './styles/tokens.css';
import './styles/base.css';
import './styles/components.css';
import './styles/window.css';
import App from './views/App.svelte';

/** In the window the engine answers; `npm run dev` in a plain browser shows an invented world instead. */
async function pickHost(): Promise<Host> {
  if (import.meta.env.DEV && !('__TAURI_INTERNALS__' in window)) {
    const { fakeHost } = await import('./test/fake/host');
    return fakeHost(new URLSearchParams(location.search));
  }
  const { tauriHost } = await import('./lib/host/tauri');
  return tauriHost;
}

const target = document.getElementById('app');
if (target) void pickHost().then((host) => mount(App, { target, props: { host } }));
