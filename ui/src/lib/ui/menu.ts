import type { Component } from 'svelte';

/** One choice of a menu. */
export type MenuOption<Value> = {
  key: string;
  value: Value;
  label: string;
  /** What follows from the choice, before it is made. */
  hint?: string;
  icon?: Component<{ class?: string }>;
  /** A tag's dot. */
  color?: string;
  /** Far end: a time, a count. */
  end?: string;
  /** Makes it a checkbox. */
  state?: 'off' | 'on' | 'mixed';
  disabled?: boolean;
  /** What it does is final: written in the colour of it. */
  bad?: boolean;
  /** A rule above. */
  ruled?: boolean;
  /** Shown whatever the filter line says. */
  always?: boolean;
  testid?: string;
};

/** Lower case without accents, for finding by typing. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
