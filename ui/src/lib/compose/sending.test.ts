import { describe, expect, it } from 'vitest';
import type { SendingView } from '../host/types';
import { holds, holdLabel, inWords, missing, sendingOf, wireOf } from './sending';

const AT_ONCE: SendingView = { mode: '', at: null, drip: null, hold: null, canary: null, ifChanged: '' };

describe('the form of a sending', () => {
  it('gives back a drip as it came', () => {
    const view: SendingView = {
      mode: 'drip',
      at: null,
      drip: {
        start: 'monday',
        batch: 100,
        every: 5,
        unit: 'hours',
        days: ['mon', 'fri'],
        from: '09:00',
        to: '17:00',
        zone: 'Europe/Berlin',
      },
      hold: 60,
      canary: 10,
      ifChanged: 'skip',
    };
    expect(wireOf(sendingOf(view))).toEqual(view);
  });

  it('sends nothing of the modes that are not chosen', () => {
    const form = sendingOf(AT_ONCE);
    expect(wireOf(form)).toEqual({ ...AT_ONCE, mode: 'at_once', ifChanged: 'hold' });
    form.mode = 'at';
    expect(wireOf(form)).toMatchObject({ at: 'tomorrow at 9am', drip: null });
    form.mode = 'drip';
    form.drip.windowed = false;
    form.drip.days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    expect(wireOf(form)).toMatchObject({ at: null, drip: { days: [], from: null, to: null } });
  });

  it('knows what is missing', () => {
    const form = sendingOf(AT_ONCE);
    expect(missing(form)).toBeNull();
    form.mode = 'at';
    form.at = ' ';
    expect(missing(form)).toBe('Write when, for example tomorrow at 9am.');
    form.mode = 'drip';
    form.drip.days = [];
    expect(missing(form)).toBe('Choose at least one day.');
  });

  it('writes an instant as a person would', () => {
    const at = new Date(2026, 10, 21, 9, 5);
    expect(inWords(at.toISOString())).toBe('2026-11-21 09:05');
    expect(inWords('tomorrow at 9am')).toBe('tomorrow at 9am');
  });

  it('offers the usual hold among the others', () => {
    expect(holds(30)).toEqual([0, 10, 30, 60, 300]);
    expect(holds(45)).toEqual([0, 10, 30, 45, 60, 300]);
    expect([0, 30, 300].map(holdLabel)).toEqual(['None', '30 s', '5 min']);
  });
});
