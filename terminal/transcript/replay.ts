// SPDX-License-Identifier: MIT
/**
 * A card and a SAM that answer as they did when they were recorded. The commands must come as they were
 * recorded, those of card and SAM in one order; at the first one that does not, the replay stops for good.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { FAULTS, type FaultCode } from '../../src/errors/catalogue.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { withTrace, type TracedCommand } from '../card/trace.ts';
import type { CardLine } from '../reader/card-line.ts';
import { CardLineFault } from '../reader/line-fault.ts';
import type { LineFault } from '../reader/pcsc-codes.table.ts';
import { MASKED_BYTE, maskHex, maskSecrets } from './mask.ts';
import type { RecordedAnswer, RecordedPresence, Transcript } from './parse-transcript.ts';
import type { LineFailure, Role } from './session-event.ts';

/** Whether everything that was recorded was used. */
export type ReplayEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'mismatch'; readonly fault: Fault }
  /** `line` is that of the first command that nobody sent. */
  | { readonly kind: 'unused'; readonly commands: number; readonly line: number };

export interface Replay {
  /**
   * Presents the card or SAM as it was presented next in the recording.
   * @throws TRANSCRIPT_MISMATCH when it was not presented again.
   */
  present(role: Role): CardLine;
  finish(): ReplayEnd;
}

/** The session of `transcript` again. Commands reject with TRANSCRIPT_MISMATCH where they differ. */
export function replay(transcript: Transcript): Replay {
  const { presences, exchanges, currency } = transcript;
  const presented: Record<Role, number> = { card: 0, sam: 0 };
  let next = 0;
  let mismatch: Fault | undefined;

  const stop = (message: string): Fault => {
    mismatch = new Fault('TRANSCRIPT_MISMATCH', message);
    return mismatch;
  };

  function answer(presence: RecordedPresence, bytes: Uint8Array, told: TracedCommand): Uint8Array {
    if (mismatch !== undefined) throw mismatch;
    const exchange = exchanges[next];
    const got = `${presence.role} > ${told.hex} (${told.title})`;
    if (exchange === undefined) {
      throw stop(`"transcript" expected no command after its last one, got ${got}`);
    }
    const { line, command } = exchange;
    const recorded = maskHex(command);
    if (exchange.presence !== presence) {
      const { role, line: presentLine } = exchange.presence;
      const which = `the ${role} of line ${presentLine}`;
      throw stop(`"line ${line}" expected ${recorded} to ${which}, got ${got}`);
    }
    if (!isSame(command, toHex(bytes))) {
      const sent = `${hiddenAs(recorded, told.hex)} (${told.title})`;
      throw stop(`"line ${line}" expected ${presence.role} > ${recorded}, got ${sent}`);
    }
    next++;
    return replayed(exchange.answer, line);
  }

  return {
    present(role) {
      const ofRole = presences.filter((presence) => presence.role === role);
      const presence = ofRole[presented[role]];
      if (presence === undefined) {
        throw stop(`"transcript" expected "${role} present" ${ofRole.length} times, got one more`);
      }
      presented[role]++;
      const { reader, atr } = presence;
      const channel = replayChannel((bytes, told) => answer(presence, bytes, told), {
        role,
        currency,
      });
      return { channel, reader, where: reader ?? `line ${presence.line}`, atr: atr.slice() };
    },
    finish() {
      if (mismatch !== undefined) return { kind: 'mismatch', fault: mismatch };
      const unused = exchanges[next];
      if (unused === undefined) return { kind: 'complete' };
      return { kind: 'unused', commands: exchanges.length - next, line: unused.line };
    },
  };
}

/** A channel over `answer`, which gets each command also as it may be shown. */
function replayChannel(
  answer: (bytes: Uint8Array, told: TracedCommand) => Uint8Array,
  { role, currency }: { readonly role: Role; readonly currency: Transcript['currency'] },
): CardChannel {
  let isOpen = true;
  let entry: TracedCommand | undefined;
  const line: CardChannel = {
    async transceive(bytes) {
      if (!isOpen) throw new Fault('CARD_GONE', `"${role}" expected an open channel, got none`);
      if (entry === undefined) throw new Fault('CARD_GONE', `"${role}" expected a command`);
      return answer(bytes, maskSecrets(entry, bytes));
    },
    async close() {
      isOpen = false;
    },
  };
  return withTrace(
    line,
    (told) => {
      if (told.kind === 'command') entry = told;
    },
    { role, currency },
  );
}

/** Masked bytes are equal to anything; the lengths must be the same. */
function isSame(recorded: string, sent: string): boolean {
  if (recorded.length !== sent.length) return false;
  for (let at = 0; at < recorded.length; at += 2) {
    const byte = recorded.slice(at, at + 2);
    if (byte !== MASKED_BYTE && byte !== sent.slice(at, at + 2)) return false;
  }
  return true;
}

/** What was masked when it was recorded is not shown now either. */
function hiddenAs(recorded: string, hex: string): string {
  const from = recorded.indexOf('*');
  if (from < 0 || from >= hex.length) return hex;
  return hex.slice(0, from) + MASKED_BYTE.repeat((hex.length - from) / 2);
}

function replayed(answer: RecordedAnswer, line: number): Uint8Array {
  switch (answer.kind) {
    case 'bytes':
      return answer.bytes.slice();
    case 'failed':
      throw faultOf(answer.failure);
    case 'missing':
      throw new Fault('CARD_GONE', `"line ${line}" expected an answer in the recording, got none`);
  }
}

function faultOf({ kind, pcscCode, message }: LineFailure): Fault {
  if (isFaultCode(kind)) return new Fault(kind, message);
  return new CardLineFault(kind, message, pcscCode);
}

function isFaultCode(kind: FaultCode | LineFault): kind is FaultCode {
  return Object.hasOwn(FAULTS, kind);
}
