// SPDX-License-Identifier: MIT
import { Fault } from '../../src/errors/fault.ts';
import type { CardLine } from '../../terminal/reader/card-line.ts';

/** The line to the card after a reset. @throws USAGE where nothing can be reset; CARD_GONE */
export function resetCard(line: CardLine): Promise<CardLine> {
  if (line.reset === undefined) {
    throw new Fault('USAGE', `"reset" expected a card that can be reset, got ${line.where}`);
  }
  return line.reset();
}

/** What a person is told of a reset. */
export function resetLines(atr: string): readonly string[] {
  return [`card   reset, ATR ${atr}`];
}
