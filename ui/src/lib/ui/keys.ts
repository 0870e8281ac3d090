// Keyboard chords: how they are named in code (`mod+enter`), told from an event, and written on key caps.

const NAMES: Record<string, string> = {
  enter: '↵',
  escape: 'Esc',
  shift: '⇧',
  arrowup: '↑',
  arrowdown: '↓',
  tab: 'Tab',
  space: 'Space',
};

export function isMac(platform = navigator.platform): boolean {
  return platform.startsWith('Mac');
}

/** The caps of a chord or sequence: one cap per chord, its keys separated by a space. */
export function keyCaps(keys: string, mac = isMac()): string[] {
  return keys.split(' ').map((chord) =>
    chord
      .split('+')
      .map((key) => (key === 'mod' ? (mac ? '⌘' : 'Ctrl') : (NAMES[key] ?? key.toUpperCase())))
      .join(' '),
  );
}

/** The chord of a key event: lower case, `mod` for Ctrl or ⌘; shift is only named with letters and named keys. */
export function chordOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): string {
  if (event.altKey) return '';
  const key = event.key === ' ' ? 'space' : event.key.toLowerCase();
  const named = key.length > 1 || /\p{L}/u.test(key);
  return [event.ctrlKey || event.metaKey ? 'mod' : '', event.shiftKey && named ? 'shift' : '', key]
    .filter(Boolean)
    .join('+');
}

/** Whether the event's target takes text, so that letters belong to it. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
    ? !(target instanceof HTMLInputElement && target.type === 'checkbox')
    : false;
}
