// SPDX-License-Identifier: MIT
/** What of an encoded record is evidence, and what is envelope: host/chain/decode-record.ts. */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { encodeRecord, RECORD } from '../../../src/clearing/record.ts';
import {
  evidenceBytes,
  isSameEvidence,
  judgedBytes,
  uncertainTap,
} from '../../../host/chain/decode-record.ts';
import { recordFields } from '../clearing/build.ts';

const bytes = encodeRecord(recordFields());
/** Fields that a re-cut batch may change; the hotlist version is judged all the same. */
const ENVELOPE = ['kind', 'flags', 'terminalSequence', 'hotlistVersion', 'place', 'checksum'];

describe('a field of a record', () => {
  it.each(RECORD.placements)('$name is evidence or envelope, in every byte', (placement) => {
    const { name, offset, size } = placement;
    const isEvidence = !ENVELOPE.includes(name);
    for (let index = offset; index < offset + size; index++) {
      const changed = bytes.slice();
      changed[index]! ^= 0x01;
      expect(isSameEvidence(bytes, changed), `byte ${index}`).toBe(!isEvidence);
      const isDigested = toHex(evidenceBytes(changed)) !== toHex(evidenceBytes(bytes));
      expect(isDigested, `byte ${index}`).toBe(isEvidence);
      const isJudged = toHex(judgedBytes(changed)) !== toHex(judgedBytes(bytes));
      expect(isJudged, `byte ${index}`).toBe(isEvidence || name === 'hotlistVersion');
    }
  });
});

describe('an uncertain tap', () => {
  it.each([
    [0x02, true],
    [0x06, false],
  ] as const)(
    'of transaction type %i has all that its question needs',
    (transactionType, isLoad) => {
      const terminalId = fromHex('001122334455');
      expect(uncertainTap(3, encodeRecord(recordFields({ transactionType, terminalId })))).toEqual({
        id: 3,
        isLoad,
        counter: 0x042d,
        amount: 500,
        terminalId: '001122334455',
        terminalCounter: 7,
        at: '20260203081530',
      });
    },
  );
});
