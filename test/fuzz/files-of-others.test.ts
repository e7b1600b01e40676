// SPDX-License-Identifier: MIT
/**
 * Files of banks and merchants, mutated: refused with a fault, and then nothing has changed; or taken, and
 * then the books are right.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { importBankFile, setFloatAccount } from '../../host/bank/import.ts';
import { readBankFile } from '../../host/bank/read-file.ts';
import { importClaims } from '../../host/claims/import.ts';
import { readClaims } from '../../host/claims/read-claims.ts';
import { bankExceptions } from '../../host/exceptions/sources/bank.ts';
import { claimExceptions } from '../../host/exceptions/sources/claims.ts';
import { checkTrialBalance } from '../../host/ledger/ledger.ts';
import { reconciliationReport } from '../../host/report/reconciliation.ts';
import { stateHash } from '../../host/report/state-hash.ts';
import type { FaultCode } from '../../src/errors/catalogue.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import { OURS } from '../unit/host/bank/bank-fixtures.ts';
import { disposeAll, opened } from '../unit/host/intake-fixtures.ts';
import { ACCOUNT, ANN, openShop, type Shop } from '../unit/host/settlement/settlement-fixtures.ts';
import { corpusTexts } from './corpus.ts';
import { hunt, HUNT_TIMEOUT_MS } from './hunt.ts';
import { mutatedText } from './mutate.ts';

afterEach(disposeAll);

/** A shop with a payout of 40 instructed, which the files of the corpus are about. */
async function paidShop(): Promise<Shop> {
  const shop = await openShop();
  shop.set('SHOP', { account: ACCOUNT });
  setFloatAccount(shop.test.host.settlement, OURS);
  await shop.sell();
  await shop.close();
  return shop;
}

interface Kind {
  readonly target: string;
  readonly words: readonly string[];
  readonly refusals: readonly FaultCode[];
  readonly read: (bytes: Uint8Array) => unknown;
  readonly take: (shop: Shop, bytes: Uint8Array) => unknown;
  readonly exceptions: (shop: Shop) => readonly unknown[];
}

const KINDS: readonly Kind[] = [
  {
    target: 'bank',
    words: [
      ...[
        '<',
        '>',
        '/>',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '<?x ?>',
        '<!DOCTYPE a>',
        '&amp;',
        '&#0;',
      ],
      ...[
        '&#x110000;',
        '&x;',
        '<Ntry>',
        '</Ntry>',
        '<Amt Ccy="INR">',
        ' Ccy="EUR"',
        'CRDT',
        'DBIT',
      ],
      ...['RJCT', 'BOOK', 'OPBD', 'CLBD', '1-SHOP', '__proto__', '<__proto__/>', '<constructor/>'],
      ...['<a>'.repeat(40), '2026-02-30', '<Document>', 'toString', '<#text>', 'hasOwnProperty'],
    ],
    refusals: ['BANK_FILE_REFUSED', 'LIMIT_EXCEEDED'],
    read: (bytes) => readBankFile(bytes, 'INR'),
    take: ({ test }, bytes) => importBankFile(test.host.settlement, bytes, ANN),
    exceptions: ({ test }) => [...bankExceptions(test.host.store, test.host.clock.now())],
  },
  {
    target: 'claims',
    words: [
      ...[
        'terminal',
        'date',
        'type',
        'count',
        'gross',
        'counter',
        '__proto__',
        'constructor',
        '""',
      ],
      ...['000000000001', '00000000000A', 'pursePurchase', 'compositePurchase', '2026-02-29', '\v'],
    ],
    refusals: ['CLAIM_FILE_REFUSED', 'LIMIT_EXCEEDED', 'TERMINAL_NOT_FOUND'],
    read: (bytes) => readClaims(bytes, 'INR'),
    take: ({ test }, bytes) => importClaims(test.host.settlement, { bytes, window: null }, ANN),
    exceptions: ({ test }) => [...claimExceptions(test.host.store)],
  },
];

/** Everything that a file may change. */
function stateOf({ test }: Shop): string {
  const { store } = test.host;
  const counts = [store.lastEntry()?.id, store.claims().length, store.payout('1-SHOP')?.state];
  return [stateHash(store), ...counts].join();
}

describe.each(KINDS)('a file of the kind $target', ({ target, words, ...kind }) => {
  const entries = corpusTexts(target);

  const files = mutatedText(
    entries.map(({ text }) => text),
    words,
  );
  const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

  /** What came of it in a word. @throws what is no refusal of the file. */
  function outcomeOf(act: () => unknown): string {
    try {
      act();
      return 'taken';
    } catch (error) {
      if (!(error instanceof Fault) || !kind.refusals.includes(error.code)) throw error;
      return error.code;
    }
  }

  function expectTakenOrRefused(shop: Shop, text: string): string {
    const before = stateOf(shop);
    const outcome = outcomeOf(() => kind.take(shop, bytesOf(text)));
    if (outcome !== 'taken') expect(stateOf(shop)).toBe(before);
    kind.exceptions(shop);
    reconciliationReport(shop.test.host);
    checkTrialBalance(shop.test.host.store);
    shop.check();
    return outcome;
  }

  it.each(entries)('$name is taken', async ({ name, text }) => {
    const outcome = expectTakenOrRefused(await paidShop(), text);
    if (!name.startsWith('failed-')) expect(outcome).toBe('taken');
  });

  it(
    'is read, or refused with a fault of its own',
    async () => {
      const outcomes = new Set<string>();
      await hunt({
        input: files,
        usual: 1500,
        show: (text) => text,
        check: (text) => void outcomes.add(outcomeOf(() => kind.read(bytesOf(text)))),
      });
      expect([...outcomes]).toEqual(expect.arrayContaining(['taken', kind.refusals[0]]));
    },
    HUNT_TIMEOUT_MS,
  );

  it(
    'is refused and changes nothing, or is taken and the books are right',
    async () => {
      const outcomes = new Set<string>();
      let shop = await paidShop();
      await hunt({
        input: files,
        usual: 60,
        show: (text) => text,
        check: async (text) => {
          const outcome = expectTakenOrRefused(shop, text);
          outcomes.add(outcome);
          if (outcome !== 'taken') return;
          // What a file changes is not to decide about the next one.
          opened.splice(opened.indexOf(shop.test), 1);
          await shop.test.dispose();
          shop = await paidShop();
        },
      });
      expect([...outcomes]).toEqual(expect.arrayContaining(['taken', kind.refusals[0]]));
    },
    HUNT_TIMEOUT_MS,
  );
});
