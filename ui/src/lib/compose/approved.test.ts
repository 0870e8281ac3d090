import { describe, expect, it } from 'vitest';
import { choiceOf, isOpen, stretchesOf } from './approved';

const TEXT = { name: 'order_left', language: 'en', text: 'Hello {{1}}, order {{2}} left. {{7}}', gaps: 2 };
const said = (fills: string[]) => stretchesOf(TEXT, fills).map(({ text, gap }) => (gap === null ? text : `[${text}]`));

describe('an approved text', () => {
  it('shows what fills its gaps, and which are open', () => {
    expect(said(['{{customer_first_name}}', '']).join('')).toBe(
      'Hello [{{customer_first_name}}], order [gap 2] left. {{7}}',
    );
  });

  it('keeps what was filled in, and begins anew with another', () => {
    expect(choiceOf(TEXT, { name: 'order_left', fills: ['Marta'] })).toEqual({
      name: 'order_left',
      fills: ['Marta', ''],
    });
    expect(choiceOf(TEXT, { name: 'other', fills: ['Marta'] }).fills).toEqual(['', '']);
  });

  it('is open until every gap is filled', () => {
    expect(isOpen(null)).toBe(true);
    expect(isOpen({ name: 'a', fills: ['x', ' '] })).toBe(true);
    expect(isOpen({ name: 'a', fills: ['x'] })).toBe(false);
    expect(isOpen({ name: 'a', fills: [] })).toBe(false);
  });
});
