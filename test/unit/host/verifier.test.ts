// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import { concat } from '../../../src/bytes/concat.ts';
import { RECORD_SIZE } from '../../../src/clearing/record.ts';
import { openVerifier, type Verifier } from '../../../host/verify/verifier.ts';
import { VERIFIED } from '../../../host/verify/verify-records.ts';
import { ALL_KEYS, issuerKeys, record, testCard, testTerminal } from './host-world.ts';

const terminal = testTerminal(1);
const fields = { terminal, counter: 0, amount: 1, before: 5, sequence: 1 };
const good = { aes: testCard(1, 'aes'), tdes: testCard(2, 'tdes') };
const flags = concat(
  record({ ...fields, card: good.aes }),
  record({ ...fields, card: good.tdes }),
  record({ ...fields, card: good.aes, kind: 'load' }),
  record({ ...fields, card: good.tdes, kind: 'load' }),
  record({ ...fields, card: good.aes, forged: true }),
  record({ ...fields, card: good.tdes, forged: true }),
  record({ ...fields, card: testCard(3, 'aes', 2) }),
  record({ ...fields, card: good.aes, kind: 'uncertain' }),
);
const { good: ok, tacInvalid, keyUnknown, untested } = VERIFIED;
const EXPECTED = [ok, ok, ok, ok, tacInvalid, tacInvalid, keyUnknown, untested];

let verifier: Verifier | undefined;
afterEach(async () => {
  await verifier?.close();
  verifier = undefined;
});

describe('verification', () => {
  it('says of each record what its TAC and its key version say', async () => {
    verifier = openVerifier(issuerKeys(1).tacMasterKeys(), 0);
    expect([...(await verifier.verify(flags))]).toEqual(EXPECTED);
  });

  it('says the same in worker threads, run by run, and answers each run with its own', async () => {
    const opened = openVerifier(issuerKeys(1).tacMasterKeys(), 2);
    verifier = opened;
    const many = concat(...Array.from({ length: 70 }, () => flags));
    const turned = many.slice(RECORD_SIZE);
    const runs = [many, turned, many, turned];
    const answers = await Promise.all(runs.map((run) => opened.verify(run)));
    const codes = Array.from({ length: 70 }, () => EXPECTED).flat();
    expect([...(answers[0] ?? [])]).toEqual(codes);
    expect([...(answers[3] ?? [])]).toEqual(codes.slice(1));
  });

  it('covers every byte that the card signed', async () => {
    verifier = openVerifier(ALL_KEYS.tacMasterKeys(), 0);
    const bytes = record({ ...fields, card: good.aes });
    const base = await verifier.verify(bytes);
    expect([...base]).toEqual([ok]);
    // Type, serial, counter, amount, balance after, terminal, its counter, date, time and the TAC.
    const signed = [3, ...range(5, 21), ...range(25, 54)];
    for (const at of signed) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect([at, ...(await verifier.verify(changed))]).toEqual([at, tacInvalid]);
    }
  });

  it('refuses a piece of a record, and answers no one after it was closed', async () => {
    verifier = openVerifier(ALL_KEYS.tacMasterKeys(), 1);
    await expect(verifier.verify(flags.slice(1))).rejects.toThrow('expected whole records');
    const many = concat(...Array.from({ length: 70 }, () => flags));
    const pending = verifier.verify(many);
    const ended = expect(pending).rejects.toThrow('verify worker: ended');
    await verifier.close();
    await ended;
  });
});

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
