// SPDX-License-Identifier: MIT
/**
 * Writes a session as a capture that Wireshark opens: a packet for every command, answer and presentation,
 * and in its comment what it means. A packet whose end is masked is cut there, as captures do.
 */
import { concat } from '../../src/bytes/concat.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { uintBytes } from '../../src/bytes/integer.ts';
import type { TraceField } from '../card/trace-meaning.ts';
import { enhancedPacket, interfaceDescription, padded, sectionHeader } from './pcapng.ts';
import {
  DISSECTORS,
  LINKTYPE_WIRESHARK_UPPER_PDU,
  PDU_DIRECTIONS,
  PDU_TAGS,
} from './pcapng.table.ts';
import type { Role, SessionEvent, SessionSink } from './session-event.ts';

/** In the order of their numbers. */
const INTERFACES: readonly Role[] = ['card', 'sam'];

interface Told {
  readonly direction: 'received' | 'sent';
  readonly dissector: string;
  /** Hexadecimal; `**` for a byte that is masked. */
  readonly hex: string;
  readonly comment: readonly string[];
}

/** A sink that writes a pcapng file, block by block. */
export function captureSink(write: (bytes: Uint8Array) => void): SessionSink {
  write(sectionHeader('openpurse'));
  for (const role of INTERFACES) write(interfaceDescription(LINKTYPE_WIRESHARK_UPPER_PDU, role));
  const isProprietary: Record<Role, boolean> = { card: false, sam: false };
  return (event) => {
    if (event.kind === 'command') isProprietary[event.role] = isProprietaryClass(event.entry.hex);
    const { direction, dissector, hex, comment } = tell(event, isProprietary[event.role]);
    const tags = pduTags(dissector, PDU_DIRECTIONS[direction]);
    const told = hex.split('*', 1).join('');
    write(
      enhancedPacket({
        interfaceId: INTERFACES.indexOf(event.role),
        at: event.at,
        direction,
        data: concat(tags, fromHex(told)),
        originalLength: tags.length + hex.length / 2,
        comment: comment.join('\n'),
      }),
    );
  };
}

/** ISO/IEC 7816-4, 5.4.1: bit 8 of CLA. */
function isProprietaryClass(hex: string): boolean {
  return Number.parseInt(hex.slice(0, 2), 16) >= 0x80;
}

function tell(event: SessionEvent, isProprietary: boolean): Told {
  const { role } = event;
  switch (event.kind) {
    case 'present': {
      const hex = toHex(event.atr);
      const where = event.reader === undefined ? '' : ` in ${event.reader}`;
      return {
        direction: 'received',
        dissector: hex === '' ? DISSECTORS.data : DISSECTORS.atr,
        hex,
        comment: [`${role} present${where}`],
      };
    }
    case 'command': {
      const { hex, title, parameters, fields } = event.entry;
      const about = parameters === undefined ? title : `${title}, ${parameters}`;
      const dissector = isProprietary ? DISSECTORS.proprietaryCommand : DISSECTORS.interindustry;
      return { direction: 'sent', dissector, hex, comment: [about, ...fieldLines(fields)] };
    }
    case 'response': {
      const { hex, title, sw, meaning, fields } = event.entry;
      const known = isProprietary ? DISSECTORS.proprietaryResponse : DISSECTORS.interindustry;
      const said = sw === undefined ? meaning : `${sw} ${meaning}`;
      return {
        direction: 'received',
        dissector: sw === undefined ? DISSECTORS.data : known,
        hex,
        comment: [`${title}: ${said}`, ...fieldLines(fields)],
      };
    }
    case 'failed': {
      const comment = [event.failure.message, 'the outcome of the command is unknown'];
      return { direction: 'received', dissector: DISSECTORS.data, hex: '', comment };
    }
  }
}

function fieldLines(fields: readonly TraceField[]): readonly string[] {
  return fields.map(({ name, hex, meaning }) =>
    meaning === undefined ? `${name} ${hex}` : `${name} ${hex} = ${meaning}`,
  );
}

function pduTags(dissector: string, direction: number): Uint8Array {
  return concat(
    pduTag(PDU_TAGS.dissectorName, new TextEncoder().encode(dissector)),
    pduTag(PDU_TAGS.direction, uintBytes(direction, 4)),
    pduTag(PDU_TAGS.endOfOptions, new Uint8Array(0)),
  );
}

/** The length counts the padding. */
function pduTag(tag: number, value: Uint8Array): Uint8Array {
  const whole = padded(value);
  return concat(uintBytes(tag, 2), uintBytes(whole.length, 2), whole);
}
