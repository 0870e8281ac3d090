import { convertFileSrc, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Host } from './host';
import type { AppEvent } from './types';

/** The name under which the shell emits every `AppEvent`. */
const EVENT = 'app-event';

/** The engine in the same process, behind Tauri's IPC. */
export const tauriHost: Host = {
  call: (name, request) => invoke(name, { request }),
  listen(handler) {
    const stop = listen<AppEvent>(EVENT, (event) => handler(event.payload));
    return () => void stop.then((unlisten) => unlisten());
  },
  mailUrl(account, conversation, message) {
    // `mail://localhost/…`, or `http://mail.localhost/…` where the system wants that form.
    const base = convertFileSrc('', 'mail');
    return base + [account, conversation, message].map(encodeURIComponent).join('/');
  },
};
