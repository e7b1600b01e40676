// SPDX-License-Identifier: MIT
/**
 * One purchase in each suite with every value, for docs/protocol.md. The session keys are made here by the
 * formulas of the document, so that an example that disagrees with the product is not rendered.
 */
import { concat } from '../../src/bytes/concat.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { uintBytes } from '../../src/bytes/integer.ts';
import { cmac, prepareCmacKey } from '../../src/crypto/aes-cmac.ts';
import { desEcbEncrypt } from '../../src/crypto/des.ts';
import { desMac } from '../../src/crypto/des-mac.ts';
import { amount } from '../../src/money/amount.ts';
import { deriveCardKeys, uniformKeys, type KeySet } from '../../src/purse/card-keys.ts';
import { MAC_INPUTS } from '../../src/purse/mac-inputs.table.ts';
import { serialNumberBytes } from '../../src/purse/serial-number.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { SUITES } from '../../src/purse/suites.table.ts';

const MASTER = fromHex('11223344556677888877665544332211');
const SERIAL = serialNumberBytes('8001020304050607');
const COUNTER = 7;
const TERMINAL_COUNTER = 1;
const RANDOM: Readonly<Record<SuiteName, Uint8Array>> = {
  tdes: fromHex('11223344'),
  aes: fromHex('1122334455667788'),
};
const FIELDS = {
  amount: amount(100),
  transactionType: 0x06,
  terminalId: fromHex('001122334455'),
  date: fromHex('20260203'),
  time: fromHex('081530'),
  terminalCounter: TERMINAL_COUNTER,
  counterBefore: COUNTER,
  balanceAfter: amount(900),
  offlineCounterAfter: COUNTER + 1,
  applicationSerialNumber: SERIAL,
};

/** The session key by the formula in words, and a MAC made under it. */
const BY_FORMULA: Readonly<
  Record<
    SuiteName,
    (keys: KeySet) => {
      readonly input: Uint8Array;
      readonly key: Uint8Array;
      readonly mac: (data: Uint8Array) => Uint8Array;
    }
  >
> = {
  tdes: (keys) => {
    const input = concat(RANDOM.tdes, uintBytes(COUNTER, 2), uintBytes(TERMINAL_COUNTER, 2));
    const key = desEcbEncrypt(keys.purchase, input);
    return { input, key, mac: (data) => desMac(key, data).slice(0, 4) };
  },
  aes: (keys) => {
    const label = new TextEncoder().encode('PURCHASE');
    const input = concat(
      Uint8Array.of(1),
      label,
      Uint8Array.of(0),
      RANDOM.aes,
      uintBytes(COUNTER, 2),
      uintBytes(TERMINAL_COUNTER, 4),
      uintBytes(128, 2),
    );
    const key = cmac(prepareCmacKey(keys.purchase), input);
    const prepared = prepareCmacKey(key);
    return { input, key, mac: (data) => cmac(prepared, data).slice(0, 8) };
  },
};

function lines(name: SuiteName): readonly (readonly [string, string])[] {
  const suite = SUITES[name];
  const keys = deriveCardKeys(name, uniformKeys(MASTER), SERIAL);
  const session = suite.sessionMasterKey(keys.purchase).sessionKey({
    session: 'purchase',
    cardRandom: RANDOM[name],
    counter: COUNTER,
    terminalCounter: TERMINAL_COUNTER,
  });
  const { input, key, mac } = BY_FORMULA[name](keys);
  const mac1Input = MAC_INPUTS.purchaseMac1[name].encode(FIELDS);
  const mac2Input = MAC_INPUTS.purchaseMac2[name].encode(FIELDS);
  const tacInput = MAC_INPUTS.purchaseTac[name].encode(FIELDS);
  const mac1 = session.mac(mac1Input);
  if (toHex(mac1) !== toHex(mac(mac1Input)))
    throw new Error(`${name}: the formula is not the code`);
  return [
    ['card purchase key', toHex(keys.purchase)],
    ['card TAC key', toHex(keys.tac)],
    ['session key input', toHex(input)],
    ['session key', toHex(key)],
    ['MAC1 input', toHex(mac1Input)],
    ['MAC1', toHex(mac1)],
    ['MAC2 input', toHex(mac2Input)],
    ['MAC2', toHex(session.mac(mac2Input))],
    ['TAC input', toHex(tacInput)],
    ['TAC', toHex(suite.tacKey(keys.tac).mac(tacInput))],
  ];
}

/** The examples as a code block. */
export function workedExamples(): string {
  const suites = (['tdes', 'aes'] as const).flatMap((name) => [
    '',
    `suite ${name}, card random ${toHex(RANDOM[name])}`,
    ...lines(name).map(([what, value]) => `${what.padEnd(18)} ${value}`),
  ]);
  const given = [
    `master keys        ${toHex(MASTER)} for every purpose`,
    `serial number      ${toHex(SERIAL)}`,
    'purchase           amount 100 of balance 1000, type 06, offline counter 0007',
    'terminal           001122334455, terminal counter 00000001, 2026-02-03 08:15:30',
  ];
  return ['```', ...given, ...suites, '```'].join('\n');
}
