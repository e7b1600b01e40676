// SPDX-License-Identifier: MIT
/** A channel that tells what goes over it to a recording: bytes, meaning, and what went wrong. */
import { toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { withTrace, type TraceSink } from '../card/trace.ts';
import { CardLineFault } from '../reader/line-fault.ts';
import { maskSecrets } from './mask.ts';
import type { LineFailure, Role, SessionSink } from './session-event.ts';

export interface RecordOptions {
  readonly role: Role;
  readonly currency: CurrencyCode;
  readonly clock: Clock;
  /** Whether PINs and keys are told as they are. */
  readonly reveal?: boolean;
  /** Name of the reader, where there is one. */
  readonly reader?: string | undefined;
  /** Answer to reset, where it is known. */
  readonly atr?: Uint8Array;
}

/** `channel` as one presentation of a card or SAM, told to `sink`. */
export function recordTo(
  channel: CardChannel,
  sink: SessionSink,
  options: RecordOptions,
): CardChannel {
  const { role, currency, clock, reveal = false } = options;
  sink({
    kind: 'present',
    role,
    at: clock.now(),
    reader: options.reader,
    atr: Uint8Array.from(options.atr ?? []),
  });
  let thrown: { readonly failure: LineFailure | undefined } | undefined;
  const line: CardChannel = {
    async transceive(command) {
      try {
        return await channel.transceive(command);
      } catch (error) {
        // A defect is told as a command without an answer: there is nothing to replay.
        thrown = { failure: error instanceof Fault ? failureOf(error) : undefined };
        throw error;
      }
    },
    close: () => channel.close(),
  };
  const tell: TraceSink = (entry, bytes) => {
    const at = clock.now();
    if (entry.kind === 'command') {
      const told = reveal ? { ...entry, hex: toHex(bytes) } : maskSecrets(entry, bytes);
      sink({ kind: 'command', role, at, entry: told });
    } else if (thrown === undefined) {
      sink({ kind: 'response', role, at, entry });
    } else if (thrown.failure !== undefined) {
      sink({ kind: 'failed', role, at, failure: thrown.failure });
    }
  };
  const traced = withTrace(line, tell, { role, currency });
  return {
    transceive(command) {
      thrown = undefined;
      return traced.transceive(command);
    },
    close: () => traced.close(),
  };
}

function failureOf(fault: Fault): LineFailure {
  const { message } = fault;
  if (fault instanceof CardLineFault) {
    return { kind: fault.kind, pcscCode: fault.pcscCode, message };
  }
  return { kind: fault.code, pcscCode: undefined, message };
}
