// SPDX-License-Identifier: MIT
/**
 * How wide a text will be. No font is at hand where a report is written, and the reader's may be any: a
 * little more than most need, so that nothing is cut off.
 */

/** Of the font size. */
const LETTER = 0.58;
const SQUARE = 1.05;

/** Letters beyond Latin, Greek, Cyrillic and their neighbours are taken to be square. */
export function textWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const letter of text) width += letter > '\u0fff' ? SQUARE : LETTER;
  return width * fontSize;
}
