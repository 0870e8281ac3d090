import type { ChangeView } from '../host/types';

/** A change from only what it changes. */
export function changeOf(part: Partial<ChangeView>): ChangeView {
  return { status: null, until: null, agent: null, team: null, addTags: [], removeTags: [], ...part };
}
