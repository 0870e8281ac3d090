import { isTyping, chordOf } from '../lib/ui/keys';
import { type Action, actionFor, isPrefix, type Situation } from './keymap';

/** So long after `g` a `j` still belongs to it. */
const SEQUENCE_MS = 1500;
/** Keys that a part of the window takes itself while it has the focus: a table inside a page. */
const OWN = new Set(['j', 'k', 'x', 'arrowdown', 'arrowup', 'enter', 'escape']);

/** Tells which action a key event means: one chord, or two in a sequence. */
export class Keyboard {
  #first = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The chord of a key that is the window's; `null` where an overlay, a text field or a control has it. */
  chord(event: KeyboardEvent): string | null {
    // Seen on the way down, before an overlay reacts: whatever is open there is further inside, and the key is its own.
    if (document.querySelector('[data-overlay]') || isTyping(event.target) || event.defaultPrevented) return null;
    return chordOf(event);
  }

  action(event: KeyboardEvent, chord: string, situation: Situation): Action | null {
    const at = event.target instanceof HTMLElement ? event.target : null;
    if (at?.closest('button, a, iframe') && (chord === 'enter' || chord === 'space')) return null;
    if (at?.closest('[data-keys="own"]') && OWN.has(chord)) return null;
    return actionFor(this.#sequence(chord), situation);
  }

  #sequence(chord: string): string {
    const whole = this.#first ? `${this.#first} ${chord}` : chord;
    clearTimeout(this.#timer);
    this.#first = this.#first === '' && isPrefix(chord) ? chord : '';
    if (this.#first) this.#timer = setTimeout(() => (this.#first = ''), SEQUENCE_MS);
    return whole;
  }
}
