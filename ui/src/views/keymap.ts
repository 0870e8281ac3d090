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
  | 'selectMatching'
  | 'status'
  | 'assign'
  | 'tags'
  | 'snooze'
  | 'priority'
  | 'massReply'
  | 'done'
  | 'follow'
  | 'pageDown'
  | 'pageUp'
  | 'reply'
  | 'note'
  | 'undo'
  | 'redo'
  | 'goInbox'
  | 'goUnassigned'
  | 'goFollowing'
  | 'goActive'
  | 'goSnoozed'
  | 'goDone'
  | 'goSaved'
  | 'saveView'
  | 'palette'
  | 'goJobs'
  | 'thread'
  | 'pauseRunning'
  | 'jobPause'
  | 'jobStop'
  | 'jobRetry'
  | 'jobUndo'
  | 'jobAgain'
  | 'contact'
  | 'settings'
  | 'shortcuts';

export type Situation = {
  selecting: boolean;
  threadOpen: boolean;
  mayChange: boolean;
  mayReply: boolean;
  mayNote: boolean;
  /** The jobs page shows: its list takes the arrows, and what acts on conversations does nothing. */
  inJobs: boolean;
};

type Binding = {
  /** Chords, or two chords one after the other: `g j`. */
  keys: string[];
  action: Action;
  label: string;
  /** Where it works: with conversations unless it says otherwise. */
  where?: 'everywhere' | 'jobs';
  when?: (situation: Situation) => boolean;
};

const onSomething = ({ selecting, threadOpen, mayChange }: Situation) => mayChange && (selecting || threadOpen);

export const BINDINGS: { title: string; bindings: Binding[] }[] = [
  {
    title: 'Move',
    bindings: [
      { keys: ['j', 'arrowdown'], action: 'next', label: 'Next conversation or job', where: 'everywhere' },
      { keys: ['k', 'arrowup'], action: 'previous', label: 'Previous conversation or job', where: 'everywhere' },
      { keys: ['enter'], action: 'open', label: 'Open', where: 'everywhere' },
      { keys: ['space'], action: 'pageDown', label: 'A page down in the thread', when: ({ threadOpen }) => threadOpen },
      { keys: ['shift+space'], action: 'pageUp', label: 'A page up', when: ({ threadOpen }) => threadOpen },
      { keys: ['escape'], action: 'escape', label: 'Close the innermost thing', where: 'everywhere' },
      { keys: ['g i'], action: 'goInbox', label: 'Go to the inbox', where: 'everywhere' },
      { keys: ['g u'], action: 'goUnassigned', label: 'Go to Unassigned', where: 'everywhere' },
      { keys: ['g f'], action: 'goFollowing', label: 'Go to Following', where: 'everywhere' },
      { keys: ['g a'], action: 'goActive', label: 'Go to Active', where: 'everywhere' },
      { keys: ['g h'], action: 'goSnoozed', label: 'Go to Snoozed', where: 'everywhere' },
      { keys: ['g d'], action: 'goDone', label: 'Go to Done', where: 'everywhere' },
      {
        keys: ['g 1', 'g 2', 'g 3', 'g 4', 'g 5', 'g 6', 'g 7', 'g 8', 'g 9'],
        action: 'goSaved',
        label: 'Go to a saved view, by its place',
        where: 'everywhere',
      },
      { keys: ['g j'], action: 'goJobs', label: 'Go to the jobs', where: 'everywhere' },
    ],
  },
  {
    title: 'Find',
    bindings: [
      { keys: ['/'], action: 'filter', label: 'Filter' },
      { keys: ['mod+k'], action: 'palette', label: 'Do anything by its name', where: 'everywhere' },
      { keys: ['v'], action: 'saveView', label: 'Save the filter as a view' },
    ],
  },
  {
    title: 'Select',
    bindings: [
      { keys: ['x'], action: 'tick', label: 'Tick or untick' },
      { keys: ['shift+j', 'shift+arrowdown'], action: 'extendNext', label: 'Extend downwards' },
      { keys: ['shift+k', 'shift+arrowup'], action: 'extendPrevious', label: 'Extend upwards' },
      { keys: ['mod+a'], action: 'selectShown', label: 'Select all shown' },
      { keys: ['mod+shift+a'], action: 'selectMatching', label: 'Select all matching' },
    ],
  },
  {
    title: 'Change what is selected or open',
    bindings: [
      { keys: ['s'], action: 'status', label: 'Status', when: onSomething },
      { keys: ['e'], action: 'done', label: 'Done', when: onSomething },
      { keys: ['h'], action: 'snooze', label: 'Snooze', when: onSomething },
      { keys: ['a'], action: 'assign', label: 'Assign', when: onSomething },
      { keys: ['t'], action: 'tags', label: 'Tags', when: onSomething },
      { keys: ['p'], action: 'priority', label: 'Priority', when: onSomething },
      { keys: ['f'], action: 'follow', label: 'Follow or stop following', when: ({ threadOpen }) => threadOpen },
    ],
  },
  {
    title: 'Write',
    bindings: [
      {
        keys: ['r'],
        action: 'reply',
        label: 'Reply',
        when: ({ threadOpen, selecting, mayReply }) => threadOpen && !selecting && mayReply,
      },
      {
        keys: ['m'],
        action: 'note',
        label: 'Internal note',
        when: ({ threadOpen, selecting, mayNote }) => threadOpen && !selecting && mayNote,
      },
      {
        keys: ['shift+r'],
        action: 'massReply',
        label: 'Mass reply to the selection',
        when: ({ selecting, mayReply }) => selecting && mayReply,
      },
    ],
  },
  {
    title: 'Take back',
    bindings: [
      { keys: ['mod+z'], action: 'undo', label: 'Undo the last action', where: 'everywhere' },
      { keys: ['mod+shift+z'], action: 'redo', label: 'Redo', where: 'everywhere' },
      { keys: ['mod+shift+p'], action: 'pauseRunning', label: 'Pause the running job', where: 'everywhere' },
    ],
  },
  {
    title: 'In Jobs',
    bindings: [
      { keys: ['o'], action: 'thread', label: 'Open the thread', where: 'jobs' },
      { keys: ['p'], action: 'jobPause', label: 'Pause, or go on', where: 'jobs' },
      { keys: ['s'], action: 'jobStop', label: 'Stop', where: 'jobs' },
      { keys: ['r'], action: 'jobRetry', label: 'Retry what failed', where: 'jobs' },
      { keys: ['u'], action: 'jobUndo', label: 'Undo this job', where: 'jobs' },
      { keys: ['w'], action: 'jobAgain', label: 'Write again to those who received it', where: 'jobs' },
    ],
  },
  {
    title: 'Window',
    bindings: [
      {
        keys: ['mod+i'],
        action: 'contact',
        label: 'Contact, and what else they wrote',
        when: ({ threadOpen, selecting }) => threadOpen && !selecting,
      },
      { keys: ['mod+,'], action: 'settings', label: 'Settings', where: 'everywhere' },
      { keys: ['?'], action: 'shortcuts', label: 'These shortcuts', where: 'everywhere' },
    ],
  },
];

/** Keys that a part of the window has while it has the focus; here they are only named. */
export const INSIDE: { title: string; keys: { keys: string; label: string }[] }[] = [
  {
    title: 'Write',
    keys: [
      { keys: 'mod+enter', label: 'Send, or add the note' },
      { keys: 'mod+shift+enter', label: 'Send and mark Done' },
      { keys: '/', label: 'Snippet' },
      { keys: '@', label: 'In a note: call a colleague or a team' },
    ],
  },
  {
    title: 'In a plan',
    keys: [
      { keys: 'j', label: 'Next person' },
      { keys: 'k', label: 'Previous person' },
      { keys: 'x', label: 'Leave this person out, or take back in' },
      { keys: 'mod+enter', label: 'Do it, once nothing is missing' },
      { keys: 'escape', label: 'Leave the field, then the plan' },
    ],
  },
];

const ALL = BINDINGS.flatMap((group) => group.bindings);

/** The first half of a sequence such as `g j`. */
export function isPrefix(chord: string): boolean {
  return ALL.some(({ keys }) => keys.some((key) => key.startsWith(`${chord} `)));
}

export function actionFor(chord: string, situation: Situation): Action | null {
  const isHere = ({ where }: Binding) => where === 'everywhere' || situation.inJobs === (where === 'jobs');
  const binding = ALL.find((one) => one.keys.includes(chord) && isHere(one));
  return binding && (binding.when?.(situation) ?? true) ? binding.action : null;
}
