import { describe, expect, it } from 'vitest';
import type { JobView } from '../host/types';
import { barParts, isOver, jobWord, progressText, reachedCount } from './job';
import { resultOf } from './result';

const job = (part: Partial<JobView>): JobView => ({
  id: 'j',
  name: 'Mass reply',
  kind: 'reply',
  icon: 'reply',
  title: 'Mass reply',
  canaryWaits: false,
  stateText: '',
  due: null,
  mine: true,
  schedule: '',
  conversation: null,
  may: {
    pause: false,
    resume: false,
    resumeLabel: '',
    cancel: null,
    cancelLabel: '',
    takeBack: false,
    retry: 0,
    retryLabel: '',
    undo: null,
    undoLabel: '',
    undoText: '',
    again: 0,
    editSchedule: false,
    editBatch: false,
    openDraft: false,
  },
  state: 'running',
  pause: null,
  created: '2026-05-21T12:31:00Z',
  finished: null,
  by: 'mira',
  filter: null,
  total: 140,
  counts: { pending: 60, sending: 5, applied: 70, rejected: 1, skipped: 2, unknown: 2, held: 0 },
  undone: 0,
  retried: 0,
  sentOnly: { pending: 0, sending: 0, applied: 0, rejected: 0, skipped: 0, unknown: 0, held: 0 },
  sentOnlyText: '',
  result: '',
  ...part,
});

describe('a job in the strip', () => {
  it('counts what is over of what was to be sent', () => {
    expect(progressText(job({}))).toBe('73 of 138');
    expect(progressText(job({ kind: 'change' }))).toBe('73 of 140');
    expect(progressText(job({ state: 'cancelled' }))).toBe('73 of 140');
    expect(isOver(job({}))).toBe(false);
  });

  it('counts who has the reply as reached, whatever became of the rest', () => {
    expect(reachedCount(job({}))).toBe(70);
    const none = job({}).sentOnly;
    expect(reachedCount(job({ sentOnly: { ...none, skipped: 3, pending: 2, rejected: 1 } }))).toBe(76);
  });

  it('stacks ok, bad, warn', () => {
    expect(barParts(job({})).map((part) => part.fill)).toEqual(['ok', 'bad', 'warn']);
    expect(barParts(job({ total: 0 })).every((part) => part.share === 0)).toBe(true);
  });

  it.each([
    [{ state: 'paused', pause: 'offline' }, 'Waits for the connection'],
    [{ state: 'completed_with_errors' }, 'Done, 3 open'],
    [{ state: 'completed_with_errors', retried: 2 }, 'Done, 1 open'],
    [{ state: 'completed_with_errors', retried: 3 }, 'Completed by a retry'],
    [{ state: 'completed' }, 'Completed'],
    [{ state: 'completed', kind: 'change', undone: 70 }, 'Undone'],
    [{ state: 'completed', kind: 'change', undone: 12 }, '12 undone'],
    [{ state: 'completed', kind: 'reply', undone: 70 }, 'Completed'],
    [{ state: 'something_newer' }, 'Waiting'],
  ])('%o is called %s', (part, expected) => {
    expect(jobWord(job(part)).label).toBe(expected);
  });
});

describe('a result in the strip', () => {
  const counts = { pending: 0, sending: 0, applied: 22, rejected: 0, skipped: 2, unknown: 0, held: 0 };

  it('names the job and its figures', () => {
    expect(resultOf(job({ name: 'Stale', result: '24 set to Done' }))).toEqual({
      text: 'Stale',
      detail: '24 set to Done',
    });
    expect(resultOf(job({ name: '24 set to Done', state: 'completed', result: '24 set to Done' }))).toEqual({
      text: 'Completed',
      detail: '24 set to Done',
    });
  });

  it('says of an undo how many were given back, and what was not', () => {
    const undo = { icon: 'undo', total: 24, counts, result: '22 given back, 2 changed since by Jonas' };
    expect(resultOf(job(undo))).toEqual({ text: 'Given back: 22 of 24', detail: '2 changed since by Jonas' });
    expect(resultOf(job({ ...undo, total: 22 }))).toEqual({ text: 'Given back: 22', detail: '' });
  });
});
