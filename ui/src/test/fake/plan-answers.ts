// What the fake host answers about plans: making, editing and confirming them, and the texts that a message is written with.

import type { ChangeView, SnippetView } from '../../lib/host/types';
import { changeOf } from '../../lib/action/change';
import type { FakeJobs } from './jobs';
import { FakePlan } from './plans';
import { type Answers, refusal, type Shop } from './shop';
import type { Conversation } from './world';

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
  | 'write_again'
  | 'snippets'
  | 'fill'
>;

const SNIPPETS: [shortcut: string, title: string, text: string][] = [
  [
    'refund-timing',
    'Refund: how long it takes',
    'Hello {{customer_first_name|there}}, your refund leaves us today. Your bank shows it within two working days.',
  ],
  ['refund-partial', 'Partial refund', 'Hello {{customer_first_name|there}}, we returned the part that you asked for.'],
  ['refund-declined', 'Refund declined, reason', 'Hello {{customer_first_name|there}}, we cannot return this payment.'],
  ['greeting', 'Greeting', 'Kind regards\n{{agent_first_name}}, {{tenant_name}}'],
];

export function planAnswers(shop: Shop, jobs: FakeJobs): Area {
  const plans = new Map<string, FakePlan>();
  const saved = new Map<string, FakePlan>();
  const get = (id: string): FakePlan => {
    const plan = plans.get(id);
    if (!plan) throw refusal('notFound', 'This plan is gone. Make it again.');
    return plan;
  };
  const make = (audience: Conversation[], filter: string | null, change: ChangeView, reply: string | null) => {
    const plan = new FakePlan(shop.id('p'), { audience, filter, change, reply, now: shop.now }, (id) => shop.file(id));
    plans.set(plan.id, plan);
    return plan;
  };
  const isFinal = (change: ChangeView) => change.status === 'archived' || change.block || change.delete;

  return {
    act: ({ selection, change }) => {
      const audience = shop.selected(selection);
      if (audience.length <= 50 && !isFinal(change)) return { job: jobs.change(audience, change).id, plan: null };
      return { job: null, plan: make(audience, selection.filter, change, null).view() };
    },
    plan: ({ selection, change, reply }) => make(shop.selected(selection), selection.filter, change, reply).view(),
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
      plans.delete(id);
      const why = new Map(plan.people(null).map((person) => [person.id, person.verdictText]));
      const skip = (one: Conversation) => (plan.takesPart(one) ? null : (why.get(one.row.id) ?? 'Skipped'));
      const { name, audience, filter, sending } = plan;
      if (!plan.isReply) return { job: jobs.change(audience, plan.change, { name, filter, skip }).id, conflict: null };
      const later = sending.mode === 'at' || sending.mode === 'drip';
      const job = jobs.add({
        name,
        icon: 'reply',
        title: 'Mass reply',
        audience,
        filter,
        skip,
        text: plan.text,
        sending,
        ...(later ? { state: 'scheduled', schedule: view.schedule } : { hold: sending.hold ?? view.usualHold }),
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
    plan_more: ({ plan }) => ({ count: shop.more(get(plan)).length }),
    plan_add_more: ({ plan: id }) => {
      const plan = get(id);
      plan.audience = [...plan.audience, ...shop.more(plan)];
      plan.revision += 1;
      return plan.view();
    },
    plan_spot_check: ({ plan: id }) => {
      const plan = get(id);
      const taken = plan.people(null).filter((recipient) => recipient.included);
      const every = Math.max(1, Math.floor(taken.length / 10));
      return {
        people: taken
          .filter((_, index) => index % every === 0)
          .slice(0, 10)
          .map((recipient) => ({ recipient, text: plan.inWords(shop.find(recipient.id)), state: null })),
      };
    },
    plan_test: ({ plan, id }) => {
      get(plan).message(shop.find(id));
      return { message: 'Sent to mira@brindlewick.example' };
    },
    save_plan: ({ plan: id }) => {
      const plan = get(id);
      const { name, audience, text, isReply } = plan;
      const job = jobs.add({
        name,
        icon: isReply ? 'reply' : 'status',
        title: isReply ? 'Mass reply' : 'Status',
        audience,
        text: isReply ? text : null,
        state: 'draft',
      });
      saved.set(job.id, plan);
      plans.delete(id);
      return job;
    },
    open_saved_plan: ({ job }) => {
      const plan = saved.get(job);
      if (!plan) throw refusal('notFound', 'There is no such draft.');
      plan.revision += 1;
      plans.set(plan.id, plan);
      return plan.view();
    },
    write_again: ({ job }) => {
      const received = jobs.get(job).items.filter((item) => item.state === 'applied');
      return make(
        received.map((item) => shop.find(item.id)),
        null,
        changeOf({}),
        '',
      ).view();
    },
    snippets: ({ id }) => {
      const one = id === null ? null : shop.find(id);
      return { snippets: SNIPPETS.map(([shortcut, title, text]) => snippet(shortcut, title, text, one)) };
    },
    fill: ({ id, texts }) => ({
      texts: texts.map((text) => {
        const filled = filledFor(text, shop.find(id));
        return { text: filled, open: filled.includes('{{') };
      }),
    }),
  };
}

function snippet(shortcut: string, title: string, text: string, one: Conversation | null): SnippetView {
  return { shortcut, title, text, preview: one && filledFor(text, one) };
}

/** What the engine would make of merge tags: a case number has nobody here. */
function filledFor(text: string, one: Conversation): string {
  return text
    .replace(/\{\{customer_first_name(\|\w+)?\}\}/, one.row.name.split(' ')[0] ?? 'there')
    .replace('{{agent_first_name}}', 'Mira')
    .replace('{{tenant_name}}', 'Brindlewick Goods');
}
