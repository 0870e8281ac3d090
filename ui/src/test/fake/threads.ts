// One conversation: its thread, read marks, followers, single replies and their drafts.

import type { DraftView, MessageView } from '../../lib/host/types';
import { channelWord } from '../../lib/words/channel';
import type { FakeJobs } from './jobs';
import { ACCOUNT, type Answers, type Shop } from './shop';
import type { Conversation } from './world';

type Area = Answers<
  'thread' | 'mark_read' | 'follow' | 'reply' | 'draft' | 'save_draft' | 'draft_versions' | 'drafts' | 'attach_file'
>;

export function threadAnswers(shop: Shop, jobs: FakeJobs): Area {
  const versions = new Map<string, DraftView[]>();
  const of = (ref: { id: string; kind: string }) => versions.get(`${ref.kind} ${ref.id}`) ?? [];

  return {
    thread: ({ id }) => {
      const one = shop.find(id);
      const who = one.email ?? one.row.name;
      return {
        row: { ...one.row },
        email: one.email,
        phone: null,
        caseNumber: null,
        created: one.messages[0]?.at ?? one.row.updated,
        messages: [...one.messages],
        complete: !shop.isOffline,
        fetched: new Date(shop.now - 120_000).toISOString(),
        readUpTo: one.messages.at(-2)?.id ?? null,
        replyBlocked: one.row.channel === 'voice' ? 'Calls take no written reply.' : null,
        replyTo: `To ${who} by ${channelWord(one.row.channel).by}`,
      };
    },
    mark_read: ({ id }) => {
      shop.find(id).row.unread = false;
      shop.emit({ type: 'conversationsChanged', account: ACCOUNT.id, ids: [id] });
      return {};
    },
    follow: ({ id, on }) => {
      shop.find(id).row.followed = on;
      shop.changed();
      return {};
    },
    reply: ({ id, text, done, hold }) => {
      const one = shop.find(id);
      const message = {
        ...messageLike(one),
        id: shop.id(`${id}-r`),
        at: new Date(shop.now).toISOString(),
        from: 'agent',
        author: 'Mira Okafor',
        initials: 'MO',
        text,
        delivery: 'pending',
      };
      one.messages.push(message);
      one.row.pending = ['reply'];
      return jobs.add({
        name: `Reply to ${one.row.name}`,
        icon: 'reply',
        title: 'Reply',
        audience: [one],
        text,
        hold: hold ?? (one.row.channel === 'chat' ? 0 : 10),
        apply: () => {
          message.delivery = 'sent';
          Object.assign(one.row, {
            pending: [],
            ball: false,
            preview: text,
            previewFrom: 'agent',
            status: done ? 'done' : one.row.status,
          });
        },
        takeBack: () => {
          one.messages.splice(one.messages.indexOf(message), 1);
          one.row.pending = [];
        },
      });
    },
    draft: (ref) => ({ draft: of(ref)[0] ?? null }),
    save_draft: ({ id, kind, text }) => {
      const known = of({ id, kind });
      if (text === '') {
        versions.delete(`${kind} ${id}`);
        return { draft: null };
      }
      const draft: DraftView = {
        id,
        kind,
        text,
        files: [],
        version: (known[0]?.version ?? 0) + 1,
        saved: shop.at(0),
        stale: null,
      };
      versions.set(`${kind} ${id}`, [draft, ...known]);
      return { draft };
    },
    draft_versions: (ref) => ({ drafts: of(ref) }),
    drafts: () => ({ drafts: [...versions.values()].flatMap((known) => known.slice(0, 1)) }),
    attach_file: ({ name, mime, data }) => {
      const file = { id: shop.id('f'), name, mime, size: Math.floor(data.length * 0.75) };
      shop.files.set(file.id, file);
      return file;
    },
  };
}

function messageLike(one: Conversation): MessageView {
  const [first] = one.messages;
  if (!first) throw new Error('Every conversation of the fake world has a message.');
  return { ...first, attachments: [], quoted: null, quotedLines: 0, hasHtml: false };
}
