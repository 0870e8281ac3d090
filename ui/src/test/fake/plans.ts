// Plans of the fake host: the verdicts that a mass reply meets, and what each person would get.

import { MERGE_TAGS, piecesOf } from '../../lib/compose/merge';
import type {
  ChangeView,
  EditPlan,
  PlanView,
  Recipient,
  RenderedMessage,
  SendingView,
  VerdictGroup,
} from '../../lib/host/types';
import { channelWord } from '../../lib/words/channel';
import { statusWord } from '../../lib/words/status';
import type { FakeJobs } from './jobs';
import { type Answers, refusal, type Shop } from './shop';
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
  sending: SendingView = { mode: 'at_once', at: null, drip: null, hold: null, canary: null, ifChanged: '' };
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
    this.sending = edit.sending;
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
      typeToConfirm: count > 50 || this.change.status === 'archived' ? String(count) : null,
      undo: this.isReply ? 'A reply cannot be recalled after the hold.' : 'Can be undone.',
      change: this.change,
      reply: this.isReply ? this.text : null,
      drop: [...this.drop],
      leaveOut: [...this.leaveOut],
      sending: this.sending,
      schedule: '',
      scheduleError: null,
      usualHold: this.isReply ? 30 : 0,
      files: [],
      filesReach: null,
      oncePerPerson: false,
      fills: [],
      fromJob: null,
      canTest: true,
      smsFix: null,
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
        missing: [],
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

type Area = Answers<
  | 'act'
  | 'plan'
  | 'edit_plan'
  | 'plan_people'
  | 'plan_message'
  | 'confirm'
  | 'discard_plan'
  | 'plan_more'
  | 'plan_add_more'
  | 'plan_spot_check'
  | 'plan_test'
  | 'save_plan'
  | 'open_saved_plan'
  | 'snippets'
>;

export function planAnswers(shop: Shop, jobs: FakeJobs): Area {
  const plans = new Map<string, FakePlan>();
  const get = (id: string): FakePlan => {
    const plan = plans.get(id);
    if (!plan) throw refusal('notFound', 'This plan is gone. Make it again.');
    return plan;
  };
  const make = (audience: Conversation[], filter: string | null, change: ChangeView, isReply: boolean): FakePlan => {
    const plan = new FakePlan(shop.id('p'), audience, filter, change, isReply, shop.now);
    plans.set(plan.id, plan);
    return plan;
  };

  return {
    act: ({ selection, change }) => {
      const audience = shop.selected(selection);
      if (audience.length <= 50 && change.status !== 'archived')
        return { job: jobs.change(audience, change).id, plan: null };
      return { job: null, plan: make(audience, selection.filter, change, false).view() };
    },
    plan: ({ selection, change, reply }) =>
      make(shop.selected(selection), selection.filter, change, reply !== null).view(),
    edit_plan: (edit) => {
      const plan = get(edit.plan);
      plan.edit(edit);
      return plan.view();
    },
    plan_people: ({ plan, verdict, offset, limit }) => {
      const people = get(plan).people(verdict);
      return { total: people.length, people: people.slice(offset, offset + limit) };
    },
    plan_message: ({ plan, id }) => get(plan).message(shop.find(id)),
    confirm: ({ plan: id, revision, count }) => {
      const plan = get(id);
      const view = plan.view();
      if (view.revision !== revision || view.count !== count) return { job: null, conflict: view };
      const why = new Map(plan.people(null).map((person) => [person.id, person.verdictText]));
      const skip = (one: Conversation) => (plan.takesPart(one) ? null : (why.get(one.row.id) ?? 'Skipped'));
      const { name, audience, filter, sending } = plan;
      if (!plan.isReply) return { job: jobs.change(audience, plan.change, { name, filter, skip }).id, conflict: null };
      const job = jobs.add({
        name,
        icon: 'reply',
        title: 'Mass reply',
        audience,
        filter,
        skip,
        text: plan.text,
        sending,
        hold: sending.hold ?? 30,
        apply: () => {
          for (const one of audience)
            if (plan.takesPart(one) && plan.change.status) one.row.status = plan.change.status;
        },
      });
      return { job: job.id, conflict: null };
    },
    discard_plan: ({ plan }) => {
      plans.delete(plan);
      return {};
    },
    plan_more: () => ({ count: 0 }),
    plan_add_more: ({ plan }) => get(plan).view(),
    plan_spot_check: ({ plan: id }) => {
      const plan = get(id);
      return {
        people: plan
          .people(null)
          .filter((recipient) => recipient.included)
          .slice(0, 10)
          .map((recipient) => ({
            recipient,
            text: plan
              .message(shop.find(recipient.id))
              .parts.map((part) => part.text)
              .join(''),
            state: null,
          })),
      };
    },
    plan_test: () => ({ message: 'Sent to mira@brindlewick.example' }),
    save_plan: ({ plan: id }) => {
      const plan = get(id);
      return jobs.add({ name: plan.name, icon: 'reply', title: 'Draft', audience: plan.audience, state: 'draft' });
    },
    open_saved_plan: ({ job }) => {
      const audience = jobs.get(job).items.map((item) => shop.find(item.id));
      return make(audience, null, noChange(), true).view();
    },
    snippets: () => ({ snippets: [] }),
  };
}

function noChange(): ChangeView {
  return {
    status: null,
    until: null,
    agent: null,
    team: null,
    addTags: [],
    removeTags: [],
    removeAllTags: false,
    priority: null,
    block: false,
    delete: false,
  };
}
