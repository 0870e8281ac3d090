import type { ApprovedTextView, ApprovedView } from '../host/types';
import { piecesOf } from './merge';

/** A stretch of an approved text: written there, or what fills the gap of this number. */
export type Stretch = { text: string; gap: number | null };

/** The text with what fills its gaps; an open gap shows its number. */
export function stretchesOf(text: ApprovedTextView, fills: string[]): Stretch[] {
  return piecesOf(text.text).map(({ text: piece, tag }) => {
    const gap = tag !== null && /^\d+$/.test(tag) ? Number(tag) : null;
    if (gap === null || gap < 1 || gap > text.gaps) return { text: piece, gap: null };
    const fill = fills[gap - 1]?.trim() ?? '';
    return { text: fill === '' ? `gap ${gap}` : fill, gap };
  });
}

/** A choice with its gaps, those filled already kept. */
export function choiceOf(text: ApprovedTextView, before: ApprovedView | null): ApprovedView {
  const fills = before?.name === text.name ? before.fills : [];
  return { name: text.name, fills: Array.from({ length: text.gaps }, (_, index) => fills[index] ?? '') };
}

/** Whether something still has to be filled in. */
export function isOpen(chosen: ApprovedView | null): boolean {
  return chosen === null || chosen.fills.some((fill) => fill.trim() === '');
}
