// One conversation: its thread, read marks, followers, single replies and their drafts.

import type { DraftView, MessageView } from '../../lib/host/types';
import { channelWord } from '../../lib/words/channel';
import { clockTime } from '../../lib/words/time';
import { marksOf } from './filter';
import type { FakeJobs } from './jobs';
import { ACCOUNT, type Answers, refusal, type Shop } from './shop';
import { APPROVED, approvedText, type Conversation } from './world';

type Area = Answers<
  | 'thread'
  | 'thread_hits'
  | 'mark_read'
  | 'follow'
  | 'reply'
  | 'note'
  | 'draft'
  | 'save_draft'
  | 'draft_versions'
  | 'drafts'
  | 'attach_file'
  | 'save_attachment'
>;

export function threadAnswers(shop: Shop, jobs: FakeJobs): Area {
  /** All versions, newest first; the last entry of the thread that each was written after. */
  const versions = new Map<string, (DraftView & { after: string | null })[]>();
  const ended = new Set<string>();
  const of = ({ id, kind }: { id: string; kind: string }) =>
    (versions.get(`${kind} ${id}`) ?? []).map((draft) => ({ ...draft, stale: stale(shop.find(id), draft.after) }));
  const current = (ref: { id: string; kind: string }) =>
    ended.has(`${ref.kind} ${ref.id}`) ? null : (of(ref)[0] ?? null);
  const save = ({ id, kind, text, files }: { id: string; kind: string; text: string; files: string[] }) => {
    const key = `${kind} ${id}`;
    if (text === '' && files.length === 0) {
      ended.add(key);
      return null;
    }
    ended.delete(key);
    const known = versions.get(key) ?? [];
    const draft = {
      id,
      kind,
      text,
      files: files.map((file) => shop.file(file)),
      version: (known[0]?.version ?? 0) + 1,
      saved: shop.at(0),
      stale: null,
      after: shop.find(id).messages.at(-1)?.id ?? null,
    };
    versions.set(key, [draft, ...known]);
    return draft;
  };

  return {
    thread_hits: ({ id, filter }) => ({
      messages: shop
        .find(id)
        .messages.map((message) => ({ id: message.id, marks: marksOf(message.text, filter) }))
        .filter(({ marks }) => marks.length > 0),
    }),
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
        replyBlocked:
          shop.mode === 'viewer'
            ? 'Your role may not reply. Ask an administrator for a key that may.'
            : one.row.channel === 'voice'
              ? 'Calls take no written reply.'
              : one.windowClosed
                ? 'Over 24 h since the customer wrote. Only approved texts go until they write again.'
                : null,
        approvedTexts: one.windowClosed && one.row.channel === 'whatsapp' ? APPROVED : [],
        noteBlocked: one.row.status === 'archived' ? 'Archived: the help desk takes no more notes here.' : null,
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
    reply: ({ id, text: written, done, files, hold, anyway, approved }) => {
      const one = shop.find(id);
      if (!anyway && current({ id, kind: 'reply' })?.stale)
        throw refusal('conflict', 'The customer wrote 40 s ago. Not sent, your draft is kept.');
      const text = approved === null ? written : approvedText(approved);
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
      const before = one.row.status;
      one.row.pending = done ? ['reply', 'status'] : ['reply'];
      if (done) one.row.status = 'done';
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
          });
        },
        takeBack: () => {
          one.messages.splice(one.messages.indexOf(message), 1);
          Object.assign(one.row, { pending: [], status: before });
          save({ id, kind: 'reply', text, files });
        },
      });
    },
    note: ({ id, text, files, hold }) => {
      const one = shop.find(id);
      const message = {
        ...messageLike(one),
        id: shop.id(`${id}-n`),
        at: new Date(shop.now).toISOString(),
        kind: 'note',
        from: 'agent',
        author: 'Mira Okafor',
        initials: 'MO',
        text,
        attachments: files.map((file) => shop.file(file)),
        delivery: 'pending' as string | null,
      };
      one.messages.push(message);
      one.row.pending = ['note'];
      return jobs.add({
        name: `Note on ${one.row.name}`,
        icon: 'note',
        title: 'Note',
        audience: [one],
        text,
        hold: hold ?? 10,
        apply: () => {
          message.delivery = null;
          one.row.pending = [];
        },
        takeBack: () => {
          one.messages.splice(one.messages.indexOf(message), 1);
          one.row.pending = [];
          save({ id, kind: 'note', text, files });
        },
      });
    },
    draft: (ref) => ({ draft: current(ref) }),
    save_draft: (request) => ({ draft: save(request) }),
    draft_versions: (ref) => ({ drafts: of(ref) }),
    drafts: () => ({
      drafts: [...versions.values()]
        .flatMap((known) => known.slice(0, 1))
        .filter(({ id, kind }) => !ended.has(`${kind} ${id}`)),
    }),
    attach_file: ({ name, mime, data }) => {
      const file = { id: shop.id('f'), name, mime, size: Math.floor(data.length * 0.75) };
      shop.files.set(file.id, file);
      return file;
    },
    save_attachment: ({ id, message, file }) => {
      const found = shop
        .find(id)
        .messages.find((one) => one.id === message)
        ?.attachments.find((one) => one.id === file);
      if (!found) throw refusal('notFound', 'This message has no such file any more. Open it again.');
      if (shop.isOffline) {
        const sentence = `“${found.name}” is not on this computer, and the help desk cannot be reached. Try again when it is back.`;
        throw refusal('offline', sentence);
      }
      return { name: found.name, path: `/home/mira/Downloads/${found.name}` };
    },
  };
}

function stale(one: Conversation, after: string | null): string | null {
  const at = one.messages.findIndex((message) => message.id === after);
  const newer = at < 0 ? undefined : one.messages.slice(at + 1).findLast((message) => message.from === 'customer');
  return newer ? `Written before the customer’s reply at ${clockTime(newer.at)}` : null;
}

/** Somebody writes in a conversation while it is looked at. */
export function writes(shop: Shop, id: string, part: Partial<MessageView>): void {
  const one = shop.find(id);
  one.messages.push({
    ...messageLike(one),
    id: shop.id(`${id}-m`),
    at: shop.at(0),
    from: 'customer',
    author: one.row.name,
    ...part,
  });
  shop.emit({ type: 'threadChanged', account: ACCOUNT.id, id });
}

function messageLike(one: Conversation): MessageView {
  const [first] = one.messages;
  if (!first) throw new Error('Every conversation of the fake world has a message.');
  return { ...first, attachments: [], quoted: null, quotedLines: 0, hasHtml: false };
}
