// SPDX-License-Identifier: MIT
import { Fault } from '../../src/errors/fault.ts';
import { formatPcscCode, pcscCodeIn, pcscCodeRow, type LineFault } from './pcsc-codes.table.ts';

/**
 * A line to a card that failed, and why. Its code is CARD_GONE, so every flow treats the command under
 * way as one whose outcome is unknown; `kind` and `pcscCode` are for whoever must act on it.
 */
export class CardLineFault extends Fault {
  readonly kind: LineFault;
  /** Number of PC/SC, or undefined where the finding is our own (a deadline, an empty answer). */
  readonly pcscCode: number | undefined;

  constructor(kind: LineFault, message: string, pcscCode?: number) {
    super('CARD_GONE', message);
    this.kind = kind;
    this.pcscCode = pcscCode;
  }
}

/** The fault that an error of the PC/SC library stands for, by the number in its text or its cause's. */
export function lineFaultOf(error: unknown): CardLineFault {
  const texts = textsOf(error);
  const code = texts.map(pcscCodeIn).find((found) => found !== undefined);
  if (code === undefined) {
    return new CardLineFault(
      'unknownOutcome',
      `"card" expected an answer, got: ${texts.join(' ')}`,
    );
  }
  const kind = pcscCodeRow(code)?.line ?? 'unknownOutcome';
  return new CardLineFault(kind, `"card" expected an answer, got ${formatPcscCode(code)}`, code);
}

/** nfc-pcsc wraps the error of pcsclite, which has the number, as `previous`. */
function textsOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [String(error)];
  const { previous } = error as Error & { readonly previous?: unknown };
  return previous === undefined ? [error.message] : [error.message, ...textsOf(previous)];
}
