import type { ChangeView } from '../host/types';

const NOTHING: ChangeView = {
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

/** A change from only what it changes. */
export function changeOf(part: Partial<ChangeView>): ChangeView {
  return { ...NOTHING, ...part };
}
