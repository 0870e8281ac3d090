import { describe, expect, it } from 'vitest';
import { actionFor, BINDINGS, type Situation } from './keymap';

const idle: Situation = {
  selecting: false,
  threadOpen: false,
  mayChange: true,
  mayReply: true,
  mayNote: true,
  inJobs: false,
};
const selecting = { ...idle, selecting: true };
const inJobs = { ...idle, inJobs: true };
const reading = { ...idle, threadOpen: true };

describe('keys of the main window', () => {
  it.each([
    ['j', idle, 'next'],
    ['arrowup', idle, 'previous'],
    ['shift+j', idle, 'extendNext'],
    ['x', idle, 'tick'],
    ['/', idle, 'filter'],
    ['s', idle, null],
    ['s', selecting, 'status'],
    ['h', reading, 'snooze'],
    ['p', reading, 'priority'],
    ['e', reading, 'done'],
    ['r', reading, 'reply'],
    ['r', { ...reading, mayReply: false }, null],
    ['m', idle, null],
    ['m', reading, 'note'],
    ['m', { ...reading, mayReply: false }, 'note'],
    ['m', { ...reading, mayNote: false }, null],
    ['shift+r', idle, null],
    ['shift+r', selecting, 'massReply'],
    ['shift+r', { ...selecting, mayReply: false }, null],
    ['t', { ...selecting, mayChange: false }, null],
    ['f', idle, null],
    ['?', idle, 'shortcuts'],
    ['q', idle, null],
    ['mod+z', idle, 'undo'],
    ['mod+shift+z', inJobs, 'redo'],
    ['g j', idle, 'goJobs'],
    ['g i', inJobs, 'goInbox'],
    ['g u', idle, 'goUnassigned'],
    ['g 3', inJobs, 'goSaved'],
    ['mod+k', inJobs, 'palette'],
    ['v', idle, 'saveView'],
    ['v', inJobs, null],
    ['j', inJobs, 'next'],
    ['escape', inJobs, 'escape'],
    ['x', inJobs, null],
    ['s', { ...inJobs, threadOpen: true }, 'jobStop'],
    ['p', inJobs, 'jobPause'],
    ['r', { ...inJobs, threadOpen: true }, 'jobRetry'],
    ['mod+shift+p', inJobs, 'pauseRunning'],
    ['mod+,', inJobs, 'settings'],
    ['mod+shift+a', idle, 'selectMatching'],
    ['space', idle, null],
    ['space', reading, 'pageDown'],
    ['o', inJobs, 'thread'],
    ['o', idle, null],
  ])('%s', (chord, situation, expected) => {
    expect(actionFor(chord, situation)).toBe(expected);
  });

  it.each([undefined, 'jobs' as const])('binds no key twice in one place, and none with Alt (%s)', (place) => {
    const all = BINDINGS.flatMap((group) => group.bindings);
    const keys = all.filter(({ where }) => where === place || where === 'everywhere').flatMap((one) => one.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.some((key) => key.includes('alt'))).toBe(false);
  });
});
