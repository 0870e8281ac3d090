// One plan of the fake host: the verdicts that a mass reply or a change meets, what each person would get, and when it leaves.

import { MERGE_TAGS, piecesOf, tagTitle } from '../../lib/compose/merge';
import type {
  ApprovedView,
  ChangeView,
  EditPlan,
  FileView,
  FillView,
  PlanView,
  Recipient,
  RenderedMessage,
  SendingView,
  VerdictGroup,
} from '../../lib/host/types';
import { channelWord } from '../../lib/words/channel';
import { priorityWord } from '../../lib/words/priority';
import { statusWord } from '../../lib/words/status';
import { inFull } from '../../lib/words/time';
import { instantOf } from './time';
import { APPROVED, type Conversation } from './world';

const GROUPS: Record<string, Pick<VerdictGroup, 'title' | 'why' | 'weight'>> = {
  will_send: { title: 'Will send', why: 'As written, each on its own channel', weight: 'says' },
  will_change: { title: 'Will change', why: 'Takes effect as soon as the help desk has it', weight: 'says' },
  without_attachment: { title: 'Without attachment', why: 'SMS carries no files; the text still goes', weight: 'asks' },
  silent: { title: 'Silent for over 90 days', why: 'No word from the customer for over 90 days', weight: 'asks' },
  answered_meanwhile: {
    title: 'Answered meanwhile',
    why: 'Somebody wrote since the list was frozen. Look first',
    weight: 'asks',
  },
  approved_text: {
    title: 'Approved text',
    why: 'WhatsApp, over 24 h since they wrote: it goes instead',
    weight: 'says',
  },
  window_closed: { title: 'Window closed', why: 'WhatsApp, Facebook and Instagram: over 24 h', weight: 'blocks' },
  empty_field: {
    title: 'Empty field',
    why: 'No first name on file. Add a fallback to the merge tag',
    weight: 'blocks',
  },
  voice: { title: 'Voice', why: 'Calls take no written reply', weight: 'blocks' },
  archived: { title: 'Archived', why: 'Takes no change any more', weight: 'blocks' },
  no_change: { title: 'No change', why: 'It is already so', weight: 'says' },
};
const KNOWN = new Set(MERGE_TAGS.flatMap(({ tag }) => piecesOf(tag).map((piece) => piece.tag)));
export const AT_ONCE: SendingView = { mode: 'at_once', at: null, drip: null, hold: null, canary: null, ifChanged: '' };

type From = { audience: Conversation[]; filter: string | null; change: ChangeView; reply: string | null; now: number };

export class FakePlan {
  revision = 1;
  readonly id: string;
  readonly isReply: boolean;
  readonly filter: string | null;
  readonly now: number;
  audience: Conversation[];
  text: string;
  change: ChangeView;
  drop = new Set<string>();
  leaveOut = new Set<string>();
  sending = AT_ONCE;
  files: FileView[] = [];
  fills: FillView[] = [];
  once = true;
  approved: ApprovedView | null = null;
  /** A colleague wrote in these since the audience was frozen. */
  readonly answered = new Set<string>();
  #name: string | null = null;
  readonly #file: (id: string) => FileView;

  constructor(id: string, from: From, file: (id: string) => FileView) {
    this.id = id;
    this.audience = from.audience;
    this.filter = from.filter;
    this.change = from.change;
    this.text = from.reply ?? '';
    this.isReply = from.reply !== null;
    this.now = from.now;
    this.#file = file;
  }

  get name(): string {
    const { change } = this;
    if (this.#name !== null) return this.#name;
    if (this.isReply) return 'Mass reply';
    if (change.delete) return 'Delete';
    if (change.block) return 'Block contacts';
    return change.status ? `Set to ${statusWord(change.status).label}` : 'Change';
  }

  edit(edit: EditPlan): void {
    this.revision += 1;
    this.#name = edit.name ?? this.#name;
    this.text = edit.reply ?? '';
    this.change = edit.change;
    this.drop = new Set(edit.drop);
    this.leaveOut = new Set(edit.leaveOut);
    this.sending = edit.sending;
    this.files = edit.files.map(this.#file);
    this.fills = edit.fills;
    this.once = edit.oncePerPerson;
    this.approved = edit.approved;
  }

  verdict(one: Conversation): string {
    if (!this.isReply) {
      if (one.row.status === 'archived' && !this.change.delete) return 'archived';
      return this.change.status !== null && one.row.status === this.change.status ? 'no_change' : 'will_change';
    }
    if (one.row.channel === 'voice') return 'voice';
    if (one.windowClosed) {
      if (this.approved === null || one.row.channel !== 'whatsapp') return 'window_closed';
      return this.approved.fills.some((fill) => fill === '') ? 'empty_field' : 'approved_text';
    }
    if (this.#missing(one).length > 0) return 'empty_field';
    if (this.answered.has(one.row.id)) return 'answered_meanwhile';
    if (this.files.length > 0 && one.row.channel === 'sms') return 'without_attachment';
    return Number(one.row.id) % 23 === 5 ? 'silent' : 'will_send';
  }

  takesPart(one: Conversation): boolean {
    const verdict = this.verdict(one);
    const blocked = GROUPS[verdict]?.weight === 'blocks' || verdict === 'no_change';
    return !blocked && !this.drop.has(verdict) && !this.leaveOut.has(one.row.id);
  }

  view(): PlanView {
    const included = this.audience.filter((one) => this.takesPart(one));
    const per = new Map<string, number>();
    for (const one of included) per.set(one.row.channel, (per.get(one.row.channel) ?? 0) + 1);
    const count = included.length;
    const rest = this.audience.length - count;
    const dash = this.text.includes('–');
    const sms = per.get('sms') ?? 0;
    const segments = dash ? Math.ceil(this.text.length / 67) : Math.ceil(this.text.length / 153);
    const when = this.#schedule(count);
    return {
      plan: this.id,
      revision: this.revision,
      name: this.name,
      filter: this.filter,
      frozenAt: new Date(this.now).toISOString(),
      total: this.audience.length,
      count,
      button: this.#button(count),
      warning: this.#warning(count),
      summary: `${[...per].map(([channel, n]) => `${channelWord(channel).label} ${n}`).join(', ')}.${rest === 0 ? '' : ` The other ${rest} are listed in the job with their reason.`}`,
      groups: Object.entries(GROUPS).flatMap(([verdict, words]): VerdictGroup[] => {
        const of = this.audience.filter((one) => this.verdict(one) === verdict);
        const group = {
          verdict,
          ...words,
          count: of.length,
          included: of.some((one) => this.takesPart(one)),
          optional: words.weight !== 'blocks' && verdict !== 'no_change',
        };
        return of.length > 0 ? [group] : [];
      }),
      change: this.change,
      reply: this.isReply ? this.text : null,
      drop: [...this.drop],
      leaveOut: [...this.leaveOut],
      typeToConfirm: this.change.delete ? 'DELETE' : count > 50 ? String(count) : null,
      undo: this.#undo(),
      sending: this.sending,
      schedule: when.schedule,
      scheduleError: when.error,
      usualHold: this.isReply ? 30 : 0,
      files: this.files,
      filesReach: this.files.length > 0 ? `reaches ${count - sms} of ${count}` : null,
      oncePerPerson: this.once,
      fills: this.fills,
      fromJob: null,
      canTest: true,
      sms:
        sms > 0 && segments > 1
          ? `SMS: ${sms} people × ${segments} segments = ${sms * segments}.${dash ? ' The dash “–” forces the long encoding; a plain hyphen does not.' : ''}`
          : null,
      smsFix: sms > 0 && segments > 1 && dash ? { find: '–', replace: '-' } : null,
      approved: this.approved,
      approvedTexts:
        this.isReply && this.audience.some((one) => one.windowClosed && one.row.channel === 'whatsapp') ? APPROVED : [],
      unknownTags: piecesOf(this.text).flatMap(({ tag }) => (tag !== null && !KNOWN.has(tag) ? [tag] : [])),
      incomplete: null,
      eta: this.isReply
        ? 'This help desk takes 60 replies a minute: finishes about 14:35. Your single replies go first. Each thread is read again just before its reply leaves.'
        : null,
    };
  }

  people(verdict: string | null): Recipient[] {
    return this.audience
      .filter((one) => verdict === null || this.verdict(one) === verdict)
      .map((one) => ({
        id: one.row.id,
        name: one.row.name,
        subject: one.row.subject,
        channel: one.row.channel,
        address: one.email,
        verdict: this.verdict(one),
        verdictText: GROUPS[this.verdict(one)]?.title ?? '',
        included: this.takesPart(one),
        leftOut: this.leaveOut.has(one.row.id),
        missing: this.#missing(one).map((tag) => ({ tag, title: tagTitle(tag) })),
        beforeAfter: this.isReply || !this.takesPart(one) ? [] : this.#beforeAfter(one),
      }));
  }

  message(one: Conversation): RenderedMessage {
    return {
      to: one.row.name,
      subject: one.row.channel === 'email' ? `Re: ${one.row.subject}` : '',
      channel: `${channelWord(one.row.channel).label}, threaded under the last message`,
      parts: piecesOf(this.text).map((piece) => ({
        text: piece.tag === null ? piece.text : (this.#value(one, piece.tag) ?? piece.fallback ?? piece.text),
        merged: piece.tag !== null,
      })),
      then:
        this.change.status === 'done'
          ? 'Then: status Active → Done, the ball goes to the customer, a system note says that it was a mass reply.'
          : 'Then: the ball goes to the customer, a system note says that it was a mass reply.',
      blocked: this.takesPart(one) ? null : (GROUPS[this.verdict(one)]?.why ?? null),
    };
  }

  /** What one person reads, or what changes for them. */
  inWords(one: Conversation): string {
    return this.isReply
      ? this.message(one)
          .parts.map((part) => part.text)
          .join('')
      : this.#beforeAfter(one).join('\n');
  }

  /** Every eleventh e-mail has no first name on file. */
  #value(one: Conversation, tag: string): string | null {
    const typed = this.fills.find((fill) => fill.id === one.row.id && fill.tag === tag)?.value;
    if (typed) return typed;
    const nameless = one.row.channel === 'email' && Number(one.row.id) % 11 === 5;
    const values: Record<string, string | null> = {
      customer_first_name: nameless ? null : (one.row.name.split(' ')[0] ?? null),
      customer_name: one.row.name,
      customer_email: one.email,
      case_number: one.row.id,
      conversation_id: one.row.id,
      conversation_subject: one.row.subject,
      agent_first_name: 'Mira',
      agent_name: 'Mira Okafor',
      tenant_name: 'Brindlewick Goods',
    };
    return values[tag] ?? null;
  }

  #missing(one: Conversation): string[] {
    return piecesOf(this.text).flatMap(({ tag, fallback }) =>
      tag !== null && KNOWN.has(tag) && !fallback && this.#value(one, tag) === null ? [tag] : [],
    );
  }

  #beforeAfter({ row }: Conversation): string[] {
    const { change } = this;
    return [
      change.status && `Status: ${statusWord(row.status).label} → ${statusWord(change.status).label}`,
      change.priority && `Priority: ${priorityWord(row.priority)} → ${priorityWord(change.priority)}`,
      change.removeAllTags && `Tags: ${row.tags.join(', ') || 'none'} → none`,
      change.block && 'The contact is blocked',
      change.delete && 'The conversation is deleted',
    ].filter((line) => typeof line === 'string');
  }

  #button(count: number): string {
    const first = this.sending.canary === null ? '' : `, ${this.sending.canary} first`;
    if (this.isReply) return `Send to ${count} people${first}`;
    if (this.change.delete) return `Delete ${count}`;
    if (this.change.block) return `Block ${count} contacts`;
    return this.change.status
      ? `Set ${count} to ${statusWord(this.change.status).label}${first}`
      : `Change ${count}${first}`;
  }

  #warning(count: number): string {
    if (this.isReply) return `${count} people get a real reply. It cannot be recalled after the hold.`;
    return this.change.delete ? `${count} conversations are deleted for everybody.` : `${count} conversations change.`;
  }

  #undo(): string {
    const { change } = this;
    if (change.delete || change.block || change.status === 'archived') return 'Cannot be undone.';
    if (!this.isReply) return 'Can be undone until Done becomes Archived, in 7 days.';
    return change.status === 'done'
      ? 'The reply cannot be recalled after the hold. Done can be undone for 7 days.'
      : 'The reply cannot be recalled after the hold.';
  }

  #schedule(count: number): { schedule: string; error: string | null } {
    const { mode, at, drip } = this.sending;
    const wrong = (text: string) => ({
      schedule: '',
      error: `“${text}” is not a time. Write for example tomorrow at 9am.`,
    });
    if (mode === 'at') {
      const instant = instantOf(at ?? '', this.now);
      return instant === null ? wrong(at ?? '') : { schedule: `Leaves ${inFull(instant)}.`, error: null };
    }
    if (mode !== 'drip' || drip === null) return { schedule: 'Leaves at once.', error: null };
    const start = drip.start === '' ? this.now : instantOf(drip.start, this.now);
    if (start === null) return wrong(drip.start);
    const batches = Math.ceil(count / drip.batch);
    return {
      schedule: `${batches} batches for ${count} people, the first on ${inFull(start)}. Batches missed while this computer sleeps move on; they never leave in a burst.`,
      error: null,
    };
  }
}
