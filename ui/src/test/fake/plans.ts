// Plans of the fake host: the verdicts that a mass reply meets, and what each person would get.

import { MERGE_TAGS, piecesOf } from '../../lib/action/merge';
import type { ChangeView, EditPlan, PlanView, Recipient, RenderedMessage, VerdictGroup } from '../../lib/host/types';
import { channelWord } from '../../lib/words/channel';
import { statusWord } from '../../lib/words/status';
import type { Conversation } from './world';

const GROUPS: Record<string, Pick<VerdictGroup, 'title' | 'why' | 'weight'>> = {
  will_send: { title: 'Will send', why: 'As written, each on its own channel', weight: 'says' },
  will_change: { title: 'Will change', why: 'Takes effect as soon as the help desk has it', weight: 'says' },
  silent: { title: 'Silent for over 90 days', why: 'May not expect an answer any more', weight: 'asks' },
  window_closed: { title: 'Window closed', why: 'WhatsApp, Facebook and Instagram: over 24 h', weight: 'blocks' },
  voice: { title: 'Voice', why: 'Calls take no written reply', weight: 'blocks' },
  empty_field: { title: 'Empty field', why: 'No first name on file. Add a fallback', weight: 'blocks' },
  archived: { title: 'Archived', why: 'Takes no change any more', weight: 'blocks' },
  no_change: { title: 'No change', why: 'It is already so', weight: 'says' },
};
const KNOWN = new Set(MERGE_TAGS.flatMap(({ tag }) => piecesOf(tag).map((piece) => piece.tag)));

export class FakePlan {
  revision = 1;
  text = '';
  name: string;
  change: ChangeView;
  drop = new Set<string>();
  leaveOut = new Set<string>();
  readonly id: string;
  readonly audience: Conversation[];
  readonly isReply: boolean;
  readonly filter: string | null;
  readonly frozenAt: string;

  constructor(
    id: string,
    audience: Conversation[],
    filter: string | null,
    change: ChangeView,
    isReply: boolean,
    now: number,
  ) {
    this.id = id;
    this.audience = audience;
    this.filter = filter;
    this.change = change;
    this.isReply = isReply;
    this.name = isReply ? 'Mass reply' : `Set to ${statusWord(change.status ?? 'changed').label}`;
    this.frozenAt = new Date(now).toISOString();
  }

  edit(edit: EditPlan): void {
    this.revision += 1;
    this.name = edit.name ?? this.name;
    this.text = edit.reply ?? '';
    this.change = edit.change;
    this.drop = new Set(edit.drop);
    this.leaveOut = new Set(edit.leaveOut);
  }

  verdict(one: Conversation): string {
    if (!this.isReply) {
      if (one.row.status === 'archived') return 'archived';
      return one.row.status === this.change.status ? 'no_change' : 'will_change';
    }
    if (one.row.channel === 'voice') return 'voice';
    if (one.windowClosed) return 'window_closed';
    if (/\{\{customer_first_name\}\}/.test(this.text) && !one.row.name) return 'empty_field';
    return Number(one.row.id) % 23 === 5 ? 'silent' : 'will_send';
  }

  takesPart(one: Conversation): boolean {
    const verdict = this.verdict(one);
    const group = GROUPS[verdict];
    return (
      group?.weight !== 'blocks' && verdict !== 'no_change' && !this.drop.has(verdict) && !this.leaveOut.has(one.row.id)
    );
  }

  view(): PlanView {
    const included = this.audience.filter((one) => this.takesPart(one));
    const verdicts = Object.keys(GROUPS).map((verdict) => ({
      verdict,
      of: this.audience.filter((one) => this.verdict(one) === verdict),
    }));
    const per = new Map<string, number>();
    for (const one of included) per.set(one.row.channel, (per.get(one.row.channel) ?? 0) + 1);
    const count = included.length;
    const rest = this.audience.length - count;
    const sms = per.get('sms') ?? 0;
    return {
      plan: this.id,
      revision: this.revision,
      name: this.name,
      filter: this.filter,
      frozenAt: this.frozenAt,
      total: this.audience.length,
      count,
      button: this.isReply
        ? `Send to ${count} people`
        : `Set ${count} to ${statusWord(this.change.status ?? '').label}`,
      warning: this.isReply
        ? `${count} people get a real reply. It cannot be recalled.`
        : `${count} conversations change.`,
      summary: `${[...per].map(([channel, n]) => `${channelWord(channel).label} ${n}`).join(', ')}. The other ${rest} are listed in the job with their reason.`,
      groups: verdicts
        .filter(({ of }) => of.length > 0)
        .map(({ verdict, of }) => ({
          verdict,
          title: GROUPS[verdict]?.title ?? verdict,
          why: GROUPS[verdict]?.why ?? '',
          weight: GROUPS[verdict]?.weight ?? 'says',
          count: of.length,
          included: of.some((one) => this.takesPart(one)),
          optional: GROUPS[verdict]?.weight !== 'blocks' && verdict !== 'no_change',
        })),
      typeNumber: this.isReply ? count > 50 : count > 50 || this.change.status === 'archived',
      sms: sms > 0 && this.text.length > 160 ? `SMS: ${sms} people × 2 segments = ${sms * 2}.` : null,
      unknownTags: piecesOf(this.text).flatMap((piece) =>
        piece.tag !== null && !KNOWN.has(piece.tag) ? [piece.tag] : [],
      ),
      incomplete: null,
      eta: this.isReply ? 'This help desk takes 60 replies a minute. Your single replies go first.' : null,
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
        beforeAfter:
          this.isReply || !this.takesPart(one)
            ? []
            : [
                `Status: ${statusWord(one.row.status).label} → ${statusWord(this.change.status ?? one.row.status).label}`,
              ],
      }));
  }

  message(one: Conversation): RenderedMessage {
    const first = one.row.name.split(' ')[0] ?? '';
    const values: Record<string, string> = {
      customer_first_name: first,
      customer_name: one.row.name,
      customer_email: one.email ?? '',
      case_number: one.row.id,
      conversation_id: one.row.id,
      conversation_subject: one.row.subject,
      agent_first_name: 'Mira',
      agent_name: 'Mira Okafor',
      tenant_name: 'Brindlewick Goods',
    };
    return {
      to: one.row.name,
      subject: one.row.channel === 'email' ? `Re: ${one.row.subject}` : '',
      channel: `${channelWord(one.row.channel).label}, threaded under the last message`,
      parts: piecesOf(this.text).map((piece) => ({
        text: piece.tag === null ? piece.text : (values[piece.tag] ?? piece.text),
        merged: piece.tag !== null,
      })),
      then:
        this.change.status === 'done'
          ? 'Then: status Active → Done, the ball goes to the customer, a system note says that it was a mass reply.'
          : 'Then: the ball goes to the customer, a system note says that it was a mass reply.',
      blocked: this.takesPart(one) ? null : (GROUPS[this.verdict(one)]?.why ?? null),
    };
  }
}
