// Accounts, their state and the sidebar.

import type { AccountState, ViewItem } from '../../lib/host/types';
import { statusWord } from '../../lib/words/status';
import type { FakeJobs } from './jobs';
import { ACCOUNT, type Answers, refusal, type Shop } from './shop';
import { AGENTS, ME, TAGS, TEAMS } from './world';

const RENEWED = 'The copy on this computer was damaged and is being fetched again.';

type Area = Answers<
  | 'accounts'
  | 'check_account'
  | 'add_account'
  | 'open_demo_desk'
  | 'set_key'
  | 'account_state'
  | 'try_now'
  | 'sidebar'
  | 'save_view'
  | 'remove_view'
  | 'move_view'
>;

export function accountAnswers(shop: Shop, jobs: FakeJobs): Area {
  const refuseKey = () =>
    refusal('signInAgain', 'The help desk refuses this key. Create a new one under Settings, API keys.');
  const view = (key: string, name: string, filter: string, color: number | null = null): ViewItem => ({
    key,
    name,
    filter,
    count: shop.rows(filter).length,
    unread: shop.rows(filter).filter((row) => row.unread).length,
    color,
    problem: null,
  });

  function state(): AccountState {
    const offline = shop.isOffline;
    const ago = (seconds: number) => new Date(shop.now - seconds * 1000).toISOString();
    return {
      account: shop.mode === 'file' ? { ...ACCOUNT, kind: 'file' } : ACCOUNT,
      health: { locked: 'keychainLocked', missing: 'keyMissing', newer: 'newerData' }[shop.mode] ?? 'ready',
      healthMessage: null,
      tenant: ACCOUNT.name,
      me:
        shop.mode === 'file'
          ? null
          : {
              handle: ME,
              name: 'Mira Okafor',
              role: 'Agent',
              mayReply: shop.mode !== 'viewer',
              mayChange: true,
              mayNote: true,
            },
      connection: {
        state: offline ? 'offline' : ({ keyRefused: 'keyRefused', file: 'file' }[shop.mode] ?? 'online'),
        since: offline ? ago(120) : null,
        nextTry: offline ? new Date(shop.now + 38_000).toISOString() : null,
        message: offline ? 'Cannot reach desk.brindlewick.example' : null,
        freshAt: ago(offline ? 121 : 4),
      },
      sync:
        shop.mode === 'syncing' || shop.mode === 'renewed'
          ? { first: true, done: 812, total: 2000, remark: shop.mode === 'renewed' ? RENEWED : null }
          : { first: false, done: shop.world.length, total: null, remark: null },
      directory: { agents: AGENTS, teams: TEAMS, tags: TAGS },
      can: {
        block: shop.mode !== 'plain',
        delete: shop.mode !== 'plain',
        snooze: shop.mode !== 'plain',
        archive: shop.mode !== 'plain',
        tags: true,
        noTeam: shop.mode !== 'plain',
        priority: shop.mode !== 'plain',
        clearTags: shop.mode !== 'plain',
        attachments: shop.mode !== 'plain',
        notes: shop.mode !== 'plain',
        noteFiles: shop.mode !== 'textNotes',
      },
      waiting: jobs.waiting,
      cached: shop.world.length,
    };
  }

  function enter() {
    shop.accounts = [ACCOUNT];
    shop.mode = '';
    return ACCOUNT;
  }

  return {
    accounts: () => shop.accounts,
    check_account: ({ kind, url, key }) => {
      if (url.includes('wrong')) throw refusal('offline', `Nothing answers at ${url}. Check the address.`);
      if (key === 'wrong') throw refuseKey();
      return {
        kind: kind === '' ? 'muster' : kind,
        reached: 'Reached, certificate valid, 48 ms',
        tenant: key ? ACCOUNT.name : null,
        me: key ? state().me : null,
        abilities: [
          { title: 'Changes to many', detail: '500 in one call, an answer for each', state: 'yes' },
          { title: 'Replies never twice', detail: 'It recognises our reference and refuses a repeat', state: 'yes' },
          { title: 'Live updates', detail: 'New messages arrive within a second', state: 'yes' },
          { title: 'Snooze, tags, notes', detail: 'With mentions and followers', state: 'yes' },
          { title: 'Speed', detail: '60 replies and 600 reads a minute', state: 'limit' },
          { title: 'Undo of Archived', detail: 'Not offered: Muster warns before it', state: 'no' },
        ],
        conversations: 2000,
      };
    },
    add_account: ({ key }) => {
      if (key === 'wrong') throw refuseKey();
      return enter();
    },
    open_demo_desk: enter,
    set_key: () => {
      shop.mode = '';
      return state();
    },
    account_state: state,
    try_now: state,
    sidebar: () => ({
      mine: [
        view('inbox', 'Inbox', 'assignee:me is:active'),
        view('unassigned', 'Unassigned', 'unassigned is:active'),
        view('following', 'Following', 'follows:me'),
      ],
      everything: ['active', 'snoozed', 'done', 'archived', 'spam'].map((status) =>
        view(status, statusWord(status).label, `is:${status}`),
      ),
      saved: shop.views.map(({ id, name, filter }) => view(`saved:${id}`, name, filter)),
      teams: TEAMS.map((team) => view(`team:${team.handle}`, team.name, `is:active team:${team.handle}`)),
      tags: TAGS.map((tag) => view(`tag:${tag.name}`, tag.name, `is:active tag:${tag.name}`, tag.color)),
      runningJobs: jobs.counts().running,
    }),
    save_view: ({ id, name, filter }) => {
      if (shop.views.some((one) => one.name.toLowerCase() === name.toLowerCase() && one.id !== id))
        throw refusal('badInput', `There is a view "${name}" already. Choose another name.`);
      const known = shop.views.find((one) => one.id === id);
      if (known) Object.assign(known, { name, filter });
      else shop.views.push({ id: id ?? `v${shop.views.length + 1}`, name, filter });
      shop.emit({ type: 'viewsChanged', account: 'a1' });
      return {};
    },
    remove_view: ({ id }) => {
      shop.views = shop.views.filter((one) => one.id !== id);
      shop.emit({ type: 'viewsChanged', account: 'a1' });
      return {};
    },
    move_view: ({ id, up }) => {
      const at = shop.views.findIndex((one) => one.id === id);
      const [moved] = shop.views.splice(at, 1);
      if (moved) shop.views.splice(Math.max(0, at + (up ? -1 : 1)), 0, moved);
      shop.emit({ type: 'viewsChanged', account: 'a1' });
      return {};
    },
  };
}
