import { afterEach, describe, expect, it } from 'vitest';
import { openWindow, type Window } from '../test/window';

let app: Window;
afterEach(() => app.close());

async function openJobs(mode: string): Promise<void> {
  app = await openWindow(mode);
  await app.click('nav-jobs');
  await app.settle(50);
}
const rows = () => app.all('job-row').map((row) => row.querySelector('.m')?.textContent);
const called = (name: string) => app.host.calls.filter((call) => call.name === name).map((call) => call.request);
async function choose(name: string): Promise<void> {
  await app.click('job-row', rows().indexOf(name));
  await app.settle(50);
}
async function act(ticks: number, key: string, pick: string): Promise<void> {
  for (let tick = 0; tick < ticks; tick += 1) {
    await app.key('j');
    await app.key('x');
  }
  await app.key(key);
  await app.click(pick);
  await app.settle(200);
}

describe('the jobs page', () => {
  it('lists every job with how it stands, and opens the newest', async () => {
    await openJobs('jobs');
    expect(app.text('jobs-total')).toBe('11 jobs');
    expect(app.text('job-row')).toMatch(
      /^Payment incident resolved Running Mass reply by Mira, today \d\d:\d\d 77 of 120$/,
    );
    expect(app.get('job-detail').dataset.state).toBe('running');
    expect(
      ['applied', 'rejected', 'unknown', 'pending', 'skipped'].map((one) => app.text(`job-figure-${one}`)),
    ).toEqual(['74 Sent', '1 Rejected', '2 Unknown', '43 To go', '22 Skipped']);
    expect(app.text('job-stop')).toBe('Stop: 43 will not be sent');
    expect(app.get('job-chart').getAttribute('aria-label')).toContain('74 applied, 1 rejected, 2 unknown, 42 planned');
  });

  it('counts what runs and what needs somebody at the foot of the sidebar', async () => {
    await openJobs('jobs');
    expect(app.text('nav-jobs')).toBe('Jobs 3 1 running');
    expect(app.get('nav-jobs').getAttribute('aria-label')).toBe('Jobs, 1 running, 3 need attention');
    expect(app.text('jobs-view-attention')).toBe('Needs attention3');
  });

  it('is narrowed by date, status, type and person, and widened again', async () => {
    await openJobs('jobs');
    await app.click('jobs-range');
    await app.click('range-today');
    await app.settle(50);
    expect(called('jobs').at(-1)).toMatchObject({ since: new Date(2026, 4, 21).toISOString(), until: null });
    await app.click('jobs-type');
    await app.click('type-assign');
    await app.settle(50);
    expect(rows()).toEqual(['Jonas on leave: queue to Aiko']);
    await app.click('jobs-status');
    await app.click('status-paused');
    await app.settle(50);
    expect(app.text('empty-jobs-filter')).toContain('No such job');
    await app.click('jobs-clear');
    await app.settle(50);
    expect(app.text('jobs-total')).toBe('11 jobs');
  });

  it('says when there is none', async () => {
    await openJobs('');
    expect(app.text('empty-jobs')).toContain('No jobs yet');
    await app.click('jobs-view-attention');
    expect(app.text('empty-attention')).toContain('Nothing needs you');
    await app.click('jobs-view-outbox');
    expect(app.text('empty-outbox')).toContain('The outbox is empty');
  });

  it('says why it cannot be shown, and tries again', async () => {
    app = await openWindow('jobs');
    const { host } = app;
    const call = host.call.bind(host);
    host.call = (name, request) =>
      name === 'jobs'
        ? Promise.reject({ code: 'internal', message: 'The journal cannot be read.' })
        : call(name, request);
    await app.click('nav-jobs');
    await app.settle(50);
    expect(app.text('jobs-error')).toContain('The journal cannot be read.');
    host.call = call;
    app.get('jobs-error').querySelector('button')?.click();
    await app.settle(50);
    expect(app.text('jobs-total')).toBe('11 jobs');
  });

  it('says so when it could not be read again, and keeps what it shows', async () => {
    await openJobs('jobs');
    const { host } = app;
    const call = host.call.bind(host);
    host.call = (name, request) =>
      name === 'jobs'
        ? Promise.reject({ code: 'internal', message: 'The journal cannot be read.' })
        : call(name, request);
    await app.click('jobs-range');
    await app.click('range-today');
    await app.settle(50);
    expect(app.text('jobs-stale')).toContain('This list may be out of date. The journal cannot be read.');
    expect(rows()).toHaveLength(11);
    host.call = call;
    app.get('jobs-stale').querySelector('button')?.click();
    await app.settle(50);
    expect(app.maybe('jobs-stale')).toBeNull();
  });

  it('is reached and walked by key', async () => {
    app = await openWindow('jobs');
    await app.key('g');
    await app.key('j');
    await app.settle(50);
    expect(document.activeElement).toBe(app.get('jobs-list'));
    await app.key('j');
    await app.settle(50);
    expect(app.text('job-name')).toBe('Refund delay: first ten');
    await app.key('Enter');
    expect(document.activeElement).toBe(app.get('job-items'));
    await app.key('j');
    await app.key('Enter');
    await app.settle(50);
    expect(app.get('thread').dataset.id).toBe(app.host.world[241]?.row.id);
    await app.key('Escape');
    await app.settle(50);
    expect(app.text('job-name')).toBe('Refund delay: first ten');
    await app.key('Escape');
    expect(app.maybe('jobs-list')).toBeNull();
  });

  it('shows the items by outcome, each with its reason', async () => {
    await openJobs('jobsDone');
    await app.click('job-segment-rejected');
    await app.settle(50);
    const items = app.all('job-item').map((item) => item.textContent);
    expect(items).toHaveLength(3);
    expect(items[0]).toContain('Mailbox does not exist (550)');
    await app.click('job-item');
    await app.settle(50);
    expect(app.maybe('job-detail')).toBeNull();
    expect(app.maybe('thread')).not.toBeNull();
  });
});

describe('a job', () => {
  it('is paused, goes on, and is stopped at the price that was said', async () => {
    await openJobs('jobs');
    await app.click('job-pause');
    await app.settle(50);
    expect(app.text('job-stopped')).toBe('Paused: 74 done, 42 wait');
    await app.click('job-resume');
    await app.settle(400);
    expect(app.get('job-detail').dataset.state).toBe('running');
    await app.click('job-stop');
    expect(called('cancel_job')).toEqual([]);
    await app.click('job-stop-confirm');
    await app.settle(400);
    expect(app.text('job-stopped')).toBe('74 sent, 42 will not be sent');
    expect(app.maybe('job-stop')).toBeNull();
  });

  it('after its first ten waits for a look, then goes to the others', async () => {
    await openJobs('jobs');
    await choose('Refund delay: first ten');
    expect(app.text('job-canary')).toContain('The first 10 are out. Look at them, then send to the other 30.');
    await app.click('job-look');
    await app.settle(50);
    expect(app.get('spot-check').querySelectorAll('li')).toHaveLength(10);
    expect(app.text('job-resume')).toBe('Send to the other 30');
    await app.click('job-resume');
    await app.settle(400);
    expect(app.maybe('job-canary')).toBeNull();
    app.host.work(100);
    await app.settle(400);
    expect(app.text('job-figure-applied')).toBe('40 Sent');
  });

  it('counts who has the reply as sent, though it was stopped before they became Done', async () => {
    await openJobs('jobs');
    const job = app.host.jobs.all.find((one) => one.name === 'Payment incident resolved');
    const left = job?.items.filter((item) => item.state === 'pending').slice(0, 3) ?? [];
    for (const item of left) Object.assign(item, { state: 'skipped', outcome: 'Sent, not Done', reason: 'Cancelled' });
    await app.click('job-pause');
    await app.settle(50);
    expect(app.text('job-figure-applied')).toBe('77 Sent');
    expect(app.text('job-figure-skipped')).toBe('22 Skipped');
    expect(app.text('job-sent-only')).toBe('3 sent but not Done, counted as sent.');
  });

  it('retries only what was rejected, as a job of its own', async () => {
    await openJobs('jobsDone');
    expect(app.text('job-retry')).toBe('Retry 2 of the 3 rejected');
    await app.click('job-retry');
    await app.settle(400);
    expect(app.text('job-name')).toBe('Retry of Payment incident resolved');
    expect(app.text('job-figure-pending')).toBe('2 To go');
    await app.click('job-related');
    await app.settle(50);
    expect(app.text('job-name')).toBe('Payment incident resolved');
  });

  it('gives back everything, or what was ticked', async () => {
    await openJobs('jobs');
    await choose('Retag returns as refund');
    await app.click('job-item-check', 0);
    await app.click('job-item-check', 2);
    expect(app.text('job-undo-picked')).toBe('Undo 2 picked');
    await app.click('job-undo-picked');
    await app.settle(400);
    const job = app.get('job-detail').dataset.id;
    expect(called('undo_job').at(-1)).toMatchObject({
      job,
      ids: [app.host.world[20]?.row.id, app.host.world[22]?.row.id],
    });
    expect(app.text('job-detail')).toContain('2 undone');
    await app.click('job-undo');
    await app.click('job-undo-confirm');
    await app.settle(400);
    expect(called('undo_job').at(-1)).toMatchObject({ job, ids: null });
    expect(app.text('job-detail')).toMatch(/^Retag returns as refund Undone/);
    expect(rows().slice(0, 2)).toEqual(['Undo of Retag returns as refund', 'Undo of 2 of Retag returns as refund']);
  });

  it('writes again to exactly those who received it', async () => {
    await openJobs('jobsDone');
    expect(app.text('job-again')).toBe('Follow up with 113…');
    await app.click('job-again');
    await app.settle(50);
    expect(app.maybe('plan')).not.toBeNull();
  });

  it('that waits has its schedule edited in place', async () => {
    await openJobs('jobs');
    await app.click('jobs-view-scheduled');
    await app.settle(50);
    expect(rows()).toEqual(['Fibre survey to open delivery cases']);
    await app.click('job-edit');
    await app.type('plan-drip-batch', '50');
    await app.click('job-schedule-save');
    await app.settle(400);
    expect(called('edit_job').at(-1)).toMatchObject({ sending: { mode: 'drip', drip: { batch: 50, every: 5 } } });
    expect(app.maybe('job-schedule')).toBeNull();
  });

  it('is written to a file, and so is the list', async () => {
    await openJobs('jobs');
    await app.click('job-export');
    await app.click('export-json');
    expect(app.text('strip-said')).toBe('Exported 142 rows');
    await app.click('jobs-export');
    await app.click('export-csv');
    expect(called('export_job').at(-1)).toMatchObject({ job: null, format: 'csv', list: { states: [], since: null } });
  });
});

describe('what needs attention', () => {
  it('takes each of the four answers to an unknown reply; sending again is typed', async () => {
    await openJobs('jobsDone');
    await app.click('job-look-unknown');
    await app.settle(50);
    const states = () => app.all('attention-item').map((item) => item.dataset.state);
    expect(states()).toEqual(['unknown', 'held', 'unknown', 'unknown']);
    await app.click('answer-again');
    await app.click('answer-again-confirm');
    expect(called('answer_item')).toEqual([]);
    await app.type('answer-again-type', 'send again');
    await app.click('answer-again-confirm');
    await app.settle(400);
    expect(called('answer_item').at(-1)).toMatchObject({ answer: 'send_again' });
    expect(states()).toEqual(['held', 'unknown', 'unknown']);
    // The next one is open, and it is held.
    await app.click('answer-skip');
    await app.settle(400);
    await app.click('answer-sent');
    await app.settle(400);
    await app.click('answer-leave');
    await app.settle(400);
    expect(called('answer_item').map((request) => (request as { answer: string }).answer)).toEqual([
      'send_again',
      'skip',
      'sent',
      'leave',
    ]);
    expect(states()).toEqual([]);
    expect(app.text('jobs-view-attention')).toBe('Needs attention1');
  });

  it('leads into the thread and back', async () => {
    await openJobs('jobsDone');
    await app.click('jobs-view-attention');
    await app.settle(50);
    await app.click('answer-open');
    await app.settle(50);
    expect(app.get('thread').dataset.id).toBe('48004');
    await app.key('Escape');
    await app.settle(50);
    expect(app.get('attention-open').dataset.id).toBe('48004');
  });

  it('asks before what is overdue leaves', async () => {
    await openJobs('jobs');
    await app.click('jobs-view-attention');
    await app.settle(50);
    expect(app.text('overdue-job')).toContain('24 have not been sent');
    await app.click('overdue-stop');
    await app.click('overdue-stop-confirm');
    await app.settle(400);
    expect(app.text('job-stopped')).toBe('0 sent, 24 will not be sent');
    expect(app.maybe('overdue-job')).toBeNull();
  });
});

describe('taking back', () => {
  async function reply(text: string) {
    await app.click('row');
    await app.settle(50);
    await app.type('composer', text);
    await app.click('composer-send');
    await app.settle(200);
  }

  it('counts a held reply down in the strip, and in the outbox', async () => {
    app = await openWindow();
    await reply('The refund leaves today.');
    expect(app.text('job-line')).toBe('Reply to Marta Wiśniewska leaves in 10 s');
    await app.click('nav-jobs');
    await app.click('jobs-view-outbox');
    await app.settle(50);
    expect(app.text('outbox-item')).toContain('leaves in 10 s');
    app.get('outbox-list').querySelector<HTMLElement>('[data-testid=take-back]')?.click();
    await app.settle(400);
    expect(app.text('job-stopped')).toBe('Taken back: nothing was sent');
    expect(app.maybe('outbox-item')).toBeNull();
  });

  it('by key takes the held reply first, then the last change', async () => {
    app = await openWindow();
    await act(1, 's', 'status-done');
    app.host.work(10);
    await app.settle(200);
    await app.key('Escape');
    await reply('On its way.');
    (document.activeElement as HTMLElement).blur();
    await app.key('z', { ctrlKey: true });
    expect(app.text('job-stopped')).toBe('Taken back: nothing was sent');
    await app.key('z', { ctrlKey: true });
    await app.settle(200);
    expect(called('undo_job')).toHaveLength(1);
    app.host.work(10);
    await app.settle(200);
    expect(app.text('strip-said')).toBe('Given back: 1');
    expect(app.host.find('48000').row.status).toBe('active');
    await app.key('Z', { ctrlKey: true, shiftKey: true });
    app.host.work(10);
    await app.settle(200);
    expect(app.host.find('48000').row.status).toBe('done');
    await app.key('z', { ctrlKey: true });
    await app.settle(200);
    expect(called('undo_job')).toHaveLength(3);
  });

  it('of a change that has not left stops it', async () => {
    app = await openWindow();
    await act(2, 's', 'status-done');
    await app.key('z', { ctrlKey: true });
    await app.settle(200);
    expect(app.text('job-stopped')).toBe('0 changed, 2 will not be changed');
    expect(called('undo_job')).toEqual([]);
  });

  it('says that there is nothing to undo, and leaves text fields their own undo', async () => {
    app = await openWindow();
    app.get('filter-input').focus();
    await app.key('z', { ctrlKey: true });
    expect(app.maybe('strip-said')).toBeNull();
    (document.activeElement as HTMLElement).blur();
    await app.key('z', { ctrlKey: true });
    expect(app.text('strip-said')).toBe('There is nothing to undo');
  });

  it('remembers what was done before the window was closed', async () => {
    app = await openWindow('jobs');
    await app.key('z', { ctrlKey: true });
    await app.settle(200);
    expect(called('undo_job')).toHaveLength(1);
    const undone = app.host.jobs.all.find((job) => job.undone && job.name === 'Retag returns as refund');
    expect(undone).toBeDefined();
  });
});
