// SPDX-License-Identifier: MIT
/**
 * The applications that a card lists of itself, in PSE and PPSE. Nothing in them is selected or read: an
 * account number is behind GET PROCESSING OPTIONS, which is never sent. Sources: EMV book 1, 12.2.3 and
 * 12.3 (PSE), EMV contactless book B, 3.3 (PPSE).
 */
import { toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { NE_SHORT_MAX } from '../../src/iso7816/apdu.ts';
import { decodeTlv, findTlv, tlvValue, type Tlv } from '../../src/iso7816/tlv.ts';
import { DF_NAMES } from '../../src/purse/files.table.ts';
import { readRecord } from '../card/commands.ts';
import { PAYMENT_SCHEMES } from './payment-schemes.table.ts';
import { printableText } from './printable-text.ts';
import type { Probe } from './probe.ts';

export interface ListedApplication {
  readonly directory: 'PPSE' | 'PSE';
  /** Hexadecimal. */
  readonly aid: string;
  /** Undefined where the card gives none, or none that can be printed. */
  readonly label: string | undefined;
  /** 1 is the first; undefined where the card leaves it to the terminal. */
  readonly priority: number | undefined;
  /** Name of the payment scheme by the beginning of the AID. */
  readonly scheme: string | undefined;
}

const TAG = {
  application: 0x61,
  aid: 0x4f,
  label: 0x50,
  priority: 0x87,
  discretionary: 0xbf0c,
  fci: 0x6f,
  proprietary: 0xa5,
  record: 0x70,
  shortFileId: 0x88,
} as const;

/** A directory has no more records than this; what goes on answering is none. */
const RECORDS_MAX = 10;
/** Short file identifiers of a directory. EMV book 1, 12.2.3. */
const DIRECTORY_FILE_MAX = 10;
/** Low half of tag 87; the high half asks for the holder's confirmation. EMV book 1, 12.2.3. */
const PRIORITY_BITS = 0x0f;

/** Both directories. @throws CARD_GONE */
export async function readDirectories(probe: Probe): Promise<readonly ListedApplication[]> {
  const listed: ListedApplication[] = [];
  const pse = await probe.select('PSE 1PAY.SYS.DDF01', DF_NAMES.pse);
  if (pse !== undefined) {
    const file = tlvValue(dataObjects(pse), TAG.fci, TAG.proprietary, TAG.shortFileId)?.[0] ?? 0;
    const isFile = file >= 1 && file <= DIRECTORY_FILE_MAX;
    for (let number = 1; isFile && number <= RECORDS_MAX; number++) {
      const record = await probe.ask(readRecord(file, number, NE_SHORT_MAX));
      if (record === undefined) break;
      listed.push(...entriesIn('PSE', findTlv(dataObjects(record), TAG.record)));
    }
  }
  const ppse = await probe.select('PPSE 2PAY.SYS.DDF01', DF_NAMES.ppse);
  if (ppse !== undefined) {
    const path = [TAG.fci, TAG.proprietary, TAG.discretionary] as const;
    listed.push(...entriesIn('PPSE', findTlv(dataObjects(ppse), ...path)));
  }
  return listed;
}

function entriesIn(
  directory: ListedApplication['directory'],
  template: Tlv | undefined,
): readonly ListedApplication[] {
  if (template === undefined || !('children' in template)) return [];
  return template.children.flatMap((entry) => {
    const name = tlvValue([entry], TAG.application, TAG.aid);
    if (name === undefined) return [];
    const aid = toHex(name);
    const label = tlvValue([entry], TAG.application, TAG.label);
    const priority = (tlvValue([entry], TAG.application, TAG.priority)?.[0] ?? 0) & PRIORITY_BITS;
    return [
      {
        directory,
        aid,
        label: label === undefined ? undefined : printableText(label),
        priority: priority === 0 ? undefined : priority,
        scheme: PAYMENT_SCHEMES.find((scheme) => aid.startsWith(scheme.aid))?.name,
      },
    ];
  });
}

/** The data objects of a foreign card's answer; none when it is not well formed. */
export function dataObjects(data: Uint8Array): readonly Tlv[] {
  try {
    return decodeTlv(data);
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}
