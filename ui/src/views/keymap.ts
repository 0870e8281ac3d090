/** What a key does in the main window, given what is on the screen. Pure, so that the whole map is a table in a test. */
export type Action =
  | 'next'
  | 'previous'
  | 'extendNext'
  | 'extendPrevious'
  | 'open'
  | 'tick'
  | 'escape'
  | 'filter'
  | 'selectShown'
  | 'status'
  | 'assign'
  | 'tags'
  | 'snooze'
  | 'massReply'
  | 'done'
  | 'follow'
  | 'reply'
  | 'shortcuts';

export type Situation = { selecting: boolean; threadOpen: boolean; mayChange: boolean; mayReply: boolean };

type Binding = { keys: string[]; action: Action; label: string; when?: (situation: Situation) => boolean };

const onSomething = ({ selecting, threadOpen, mayChange }: Situation) => mayChange && (selecting || threadOpen);

export const BINDINGS: { title: string; bindings: Binding[] }[] = [
  {
    title: 'List',
    bindings: [
      { keys: ['j', 'arrowdown'], action: 'next', label: 'Next conversation' },
      { keys: ['k', 'arrowup'], action: 'previous', label: 'Previous conversation' },
      { keys: ['enter'], action: 'open', label: 'Open' },
      { keys: ['/'], action: 'filter', label: 'Filter' },
      { keys: ['escape'], action: 'escape', label: 'Close the innermost thing' },
    ],
  },
  {
    title: 'Select',
    bindings: [
      { keys: ['x'], action: 'tick', label: 'Tick or untick' },
      { keys: ['shift+j', 'shift+arrowdown'], action: 'extendNext', label: 'Extend downwards' },
      { keys: ['shift+k', 'shift+arrowup'], action: 'extendPrevious', label: 'Extend upwards' },
      { keys: ['mod+a'], action: 'selectShown', label: 'Select all shown' },
    ],
  },
  {
    title: 'Act on the selection, or on the open conversation',
    bindings: [
      { keys: ['s'], action: 'status', label: 'Status', when: onSomething },
      { keys: ['a'], action: 'assign', label: 'Assign', when: onSomething },
      { keys: ['t'], action: 'tags', label: 'Tags', when: onSomething },
      { keys: ['h'], action: 'snooze', label: 'Snooze', when: onSomething },
      { keys: ['e'], action: 'done', label: 'Done', when: onSomething },
      {
        keys: ['shift+r'],
        action: 'massReply',
        label: 'Mass reply',
        when: ({ selecting, mayReply }) => selecting && mayReply,
      },
    ],
  },
  {
    title: 'Conversation',
    bindings: [
      {
        keys: ['r'],
        action: 'reply',
        label: 'Reply',
        when: ({ threadOpen, selecting, mayReply }) => threadOpen && !selecting && mayReply,
      },
      { keys: ['f'], action: 'follow', label: 'Follow or stop following', when: ({ threadOpen }) => threadOpen },
      { keys: ['?'], action: 'shortcuts', label: 'These shortcuts' },
    ],
  },
];

const ALL = BINDINGS.flatMap((group) => group.bindings);

export function actionFor(chord: string, situation: Situation): Action | null {
  const binding = ALL.find(({ keys }) => keys.includes(chord));
  return binding && (binding.when?.(situation) ?? true) ? binding.action : null;
}
