// SPDX-License-Identifier: MIT
/** Every checker of the city is there for something: a bug that is planted for it is caught by it, and by no other. */
import { describe, expect, it } from 'vitest';
import { openInProcess } from '../../card-applet-sim/transport/in-process.ts';
import { account } from '../../host/ledger/accounts.table.ts';
import { CHECKS } from '../../simulation/city/checks/check.ts';
import { eventKey, recordKey } from '../../simulation/city/checks/card-check.ts';
import { RECORD_OFFSET } from '../../src/clearing/record.ts';
import { Defect } from '../../src/errors/invariant.ts';
import { amount, signedAmount } from '../../src/money/amount.ts';
import { serialNumberBytes } from '../../src/purse/serial-number.ts';
import {
  afterClose,
  BUG_SEED,
  busiestUnit,
  changeState,
  commuter,
  earlyOn,
  edit,
  expectCaught,
  foreignUnit,
  giveNewSam,
  lastNumber,
  plant,
  replaceVerb,
  type Trace,
  type Bug,
} from './city-bug.ts';
import { runOf, SMALL_CALM } from './city-world.ts';

const NIGHT = afterClose(1);

describe('a planted bug is caught by its checker and by no other:', () => {
  describe('ledger', () => {
    it('a balance that grows by one without an entry', async () => {
      await expectCaught('ledger', NIGHT, (city) => {
        edit(city, "UPDATE accounts SET balance = balance + 1 WHERE id = '2010'");
        return { subject: 'trial balance', expected: '0', found: '1' };
      });
    });

    it('a balance that grows by day: the next answer of the host shows it', async () => {
      await expectCaught('ledger', earlyOn(2), (city) => {
        edit(city, "UPDATE accounts SET balance = balance + 1 WHERE id = '2010'");
        return { subject: 'trial balance', expected: '0', found: '1' };
      });
    });
  });

  describe('conservation', () => {
    it('money that moves from the float to unclaimed with nobody having paid', async () => {
      await expectCaught('conservation', NIGHT, (city) => {
        const { store } = city.parts.box.host;
        const owed = ['2010', '2015', '2061'] as const;
        const float = owed.reduce((sum, code) => sum - store.balance(account(code)), 0);
        edit(city, "UPDATE accounts SET balance = balance + 100 WHERE id = '2010'");
        edit(city, "INSERT INTO accounts VALUES ('2090', -100)");
        return {
          subject: 'purse float, unpresented purchases and loads in flight',
          expected: `${float}, as cards and the host's view of them add up`,
          found: `${float - 100} in the ledger, 100 off`,
        };
      });
    });
  });

  describe('cardTruth', () => {
    it('a card that the host has five minor units more on', async () => {
      await expectCaught('cardTruth', NIGHT, (city) => {
        const { balance, serial } = commuter(city);
        const bytes = serialNumberBytes(serial);
        edit(city, 'UPDATE cards SET balance = balance + 5 WHERE serial = ?', bytes);
        city.touched.add(serial);
        return {
          subject: `card ${serial}`,
          expected: `${balance} on it and 0 in flight`,
          found: `${balance + 5} at the host`,
        };
      });
    });

    it('a card whose memory has a minor unit more without a load', async () => {
      let serial = '';
      const { violation } = await plant(earlyOn(2), (city) => {
        const purse = commuter(city);
        ({ serial } = purse);
        changeState(purse, { purseBalance: purse.balance + 1 });
        return {};
      });
      expect(violation).toMatchObject({ check: 'cardTruth', subject: `card ${serial}` });
      const expected = Number(/^balance (\d+)$/.exec(violation?.expected ?? '')?.[1]);
      expect(violation?.found).toBe(`${expected + 1}`);
    });

    it('a terminal that says declined of what its card did', async () => {
      await expectCaught('cardTruth', earlyOn(2), (city) => {
        const trace: Trace = {};
        for (const { journal } of city.units.values()) {
          const approve = journal.approve.bind(journal);
          journal.approve = (id, evidence) => {
            const tap = approve(id, evidence);
            trace.subject ??= `card ${tap.serial}`;
            trace.expected ??= `tap ${id} not on the card, for it is declined`;
            trace.found ??= `${tap.amount}`;
            return { ...tap, state: 'declined' };
          };
        }
        return trace;
      });
    });
  });

  describe('postedOnce', () => {
    it('a merchant who was credited more in a window that is behind us', async () => {
      await expectCaught(
        'postedOnce',
        afterClose(2),
        (city) => {
          const { store } = city.parts.box.host;
          const total = store.windowTotals(1).find(({ gross }) => gross > 0);
          if (total === undefined) throw new Error('expected a merchant in window 1, got none');
          const { merchant } = total;
          const credited = [1, 2]
            .flatMap((id) => store.windowTotals(id))
            .filter((one) => one.merchant === merchant)
            .reduce((sum, { gross }) => sum + gross, 0);
          edit(
            city,
            `UPDATE window_totals SET gross = gross + 100 WHERE window = 1 AND merchant = '${merchant}'`,
          );
          return {
            subject: `merchant ${merchant}`,
            expected: `${credited} credited in all windows`,
            found: `${credited + 100}`,
          };
        },
        // The auditor would see it first.
        { audit: 'never' },
      );
    });

    it('an approved tap that its terminal forgets', async () => {
      await expectCaught('postedOnce', earlyOn(2), (city) => {
        const trace: Trace = { found: 'none' };
        for (const { id: terminalId, journal } of city.units.values()) {
          const approve = journal.approve.bind(journal);
          const decline = journal.decline.bind(journal);
          journal.approve = (id, evidence) => {
            if (trace.subject !== undefined) return approve(id, evidence);
            const { serial, counterBefore: counter, ...tap } = decline(id);
            const isLoad = tap.operation === 'load';
            trace.subject = `card ${serial}`;
            trace.expected = `the record of ${eventKey({ ...tap, isLoad, counter, terminalId })}`;
            return { ...tap, serial, counterBefore: counter, state: 'approved' };
          };
        }
        return trace;
      });
    });

    it('a record that no card made', async () => {
      await expectCaught('postedOnce', NIGHT, (city) => {
        const { store } = city.parts.box.host;
        const purse = commuter(city);
        const row = store.card(serialNumberBytes(purse.serial));
        const bytes = store.record(row?.lastRecord ?? 0)?.bytes.slice() ?? new Uint8Array();
        const at = RECORD_OFFSET.amount;
        bytes[at + 3] = (bytes[at + 3] ?? 0) ^ 1;
        edit(city, 'UPDATE records SET bytes = ? WHERE id = ?', bytes, row?.lastRecord ?? 0);
        return {
          subject: `card ${purse.serial}`,
          expected: 'no record of what no card did',
          found: recordKey(bytes),
        };
      });
    });
  });

  describe('counters', () => {
    it('a SAM that begins its numbers again', async () => {
      await expectCaught('counters', earlyOn(2), async (city) => {
        const unit = busiestUnit(city);
        await giveNewSam(city, unit);
        return {
          subject: `terminal ${unit.id}`,
          expected: `a SAM number above ${lastNumber(city, unit.id)}`,
          found: expect.stringMatching(/^[01]$/),
        };
      });
    });

    it('a terminal whose sequence goes back', async () => {
      await expectCaught('counters', earlyOn(2), (city) => {
        const unit = busiestUnit(city);
        const summary = unit.journal.summary.bind(unit.journal);
        const { nextSequence } = summary();
        unit.journal.summary = () => ({ ...summary(), nextSequence: nextSequence - 3 });
        return {
          subject: `terminal ${unit.id}`,
          expected: expect.stringMatching(/^a sequence of \d+ or more$/),
          found: `${nextSequence - 3}`,
        };
      });
    });

    it('a card whose counter goes back', async () => {
      await expectCaught('counters', earlyOn(2), (city) => {
        const purse = commuter(city);
        const { offline, online, serial } = purse;
        changeState(purse, { offlineCounter: offline - 3 });
        return {
          subject: `card ${serial}`,
          expected: `counters from ${offline}/${online} on`,
          // The tap that shows it counts one on.
          found: `${offline - 2}/${online}`,
        };
      });
    });
  });

  describe('journal', () => {
    it('a debit at a terminal that is not of the city', async () => {
      await expectCaught('journal', earlyOn(2), async (city) => {
        const { device, offline, serial } = commuter(city);
        const foreign = await foreignUnit(city);
        const channel = openInProcess(device);
        const outcome = await foreign.terminal.purchase(channel, amount(1_00));
        await channel.close();
        expect(outcome.kind).toBe('approved');
        return {
          subject: `card ${serial}`,
          expected: expect.stringMatching(
            new RegExp(`^debit at counter ${offline} in the journal of 2[0-9A-F]{11}$`),
          ),
          found: 'none',
        };
      });
    });
  });

  describe('files', () => {
    it('a ledger that credited one more than the settlement says', async () => {
      await expectCaught('files', earlyOn(1), (city) => {
        const trace: Trace = {};
        replaceVerb(city, 'windowTotals', (windowTotals) => (window) => {
          const totals = windowTotals(window);
          const { store } = city.parts.box.host;
          const isSettled = store
            .windows()
            .some(({ id, state }) => id === window && state === 'settled');
          const [first, ...rest] = totals;
          if (!isSettled || first === undefined) return totals;
          const { merchant } = first;
          const gross = totals
            .filter((total) => total.merchant === merchant)
            .reduce((sum, total) => sum + total.gross, 0);
          trace.subject = `gross of ${merchant} in settlement.csv`;
          trace.expected = `${gross + 1}, as credited`;
          trace.found = `${gross}`;
          return [{ ...first, gross: signedAmount(first.gross + 1) }, ...rest];
        });
        return trace;
      });
    });
  });

  describe('audit', () => {
    const postedLater: Trace = {
      subject: 'I14 entry 1',
      expected: expect.stringMatching(/^hash [0-9A-F]{64}$/),
      found: expect.stringMatching(/^[0-9A-F]{64}$/),
    };
    it.each(['nightly', 'end'] as const)(
      'an entry that is said to have been posted a millisecond later, with an audit %s',
      async (audit) => {
        const bug: Bug = (city) => {
          edit(city, 'UPDATE journals SET posted_at = posted_at + 1 WHERE id = 1');
          return postedLater;
        };
        // At the end: found when this night is read ahead, and said by the last audit.
        await expectCaught('audit', NIGHT, bug, { audit });
      },
    );

    it('the same of an entry that reading ahead has not seen', async () => {
      const bug: Bug = (city) => {
        edit(
          city,
          'UPDATE journals SET posted_at = posted_at + 1 WHERE id = (SELECT MAX(id) FROM journals)',
        );
        return { ...postedLater, subject: expect.stringMatching(/^I14 entry \d+$/) };
      };
      await expectCaught('audit', afterClose(2), bug, { audit: 'end' });
    });
  });

  describe('defect', () => {
    it('an assertion of the product that fails', async () => {
      await expectCaught('defect', earlyOn(1), (city) => {
        replaceVerb(city, 'appendNext', () => () => {
          throw new Defect('planted');
        });
        return { subject: 'the product', expected: 'no invariant that fails', found: 'planted' };
      });
    });

    it('a detail file that leaves a record out: it does not add up to its settlement', async () => {
      await expectCaught('defect', earlyOn(1), (city) => {
        const trace: Trace = { subject: 'the product', expected: 'no invariant that fails' };
        replaceVerb(
          city,
          'plainRecords',
          (plainRecords) =>
            function* (after, last) {
              for (const record of plainRecords(after, last)) {
                if (trace.found !== undefined) yield record;
                else {
                  const { merchant } = record;
                  trace.found = expect.stringContaining(
                    `detail of ${merchant} in window 1 expected`,
                  );
                }
              }
            },
        );
        return trace;
      });
    });
  });

  describe('also where it is easily missed:', () => {
    it('ledger, an entry that does not sum to zero, without the auditor', async () => {
      await expectCaught(
        'ledger',
        NIGHT,
        (city) => {
          edit(
            city,
            "UPDATE postings SET amount = amount + 1 WHERE journal = 1 AND account LIKE '2%'",
          );
          return { subject: 'entry 1', expected: '0', found: '1' };
        },
        { audit: 'never' },
      );
    });

    it('defect, books that the host refuses to close a window on', async () => {
      // A BOOKS_WRONG of the night ends the whole program instead of the run.
      const { violation } = await plant({ day: 3, hour: 1 }, (city) => {
        edit(city, "UPDATE accounts SET balance = balance + 1 WHERE id = '2010'");
        return {};
      });
      expect(violation).not.toBeNull();
    });

    it('journal, a debit that is the last thing that its card ever does', async () => {
      const { violation } = await plant(afterClose(2), async (city) => {
        const channel = openInProcess(commuter(city).device);
        await (await foreignUnit(city)).terminal.purchase(channel, amount(1_00));
        await channel.close();
        return {};
      });
      expect(violation?.check).toBe('journal');
    });

    it('files, a payment order that pays one more than is owed', async () => {
      const { violation } = await plant(earlyOn(1), (city) => {
        let isWriting = false;
        replaceVerb(city, 'windowFiles', (windowFiles) => (window) => {
          isWriting = true;
          return windowFiles(window);
        });
        replaceVerb(city, 'balancesAt', (balancesAt) => (journal) => {
          isWriting = false;
          return balancesAt(journal);
        });
        replaceVerb(city, 'payouts', (payouts) => (state) => {
          const all = payouts(state);
          return isWriting ? all.map((one) => ({ ...one, amount: amount(one.amount + 1) })) : all;
        });
        return {};
      });
      expect(violation?.check).toBe('files');
    });
  });
});

describe('without a planted bug the same run', () => {
  it('holds, and every checker has looked', async () => {
    const { checks, violation } = await runOf(SMALL_CALM, BUG_SEED);
    expect(violation).toBeNull();
    expect(checks.map(({ check }) => check)).toEqual(Object.keys(CHECKS));
    expect(checks.filter(({ looked }) => looked === 0)).toEqual([]);
  });

  it('finds edits of the database beside an auditor that reads ahead', async () => {
    const frauds = { databaseEdit: { count: 2 } };
    const { detection, violation } = await runOf({ ...SMALL_CALM, audit: 'end', frauds }, BUG_SEED);
    expect(violation).toBeNull();
    expect(detection.find(({ fraud }) => fraud === 'databaseEdit')).toMatchObject({
      injected: 2,
      found: 2,
    });
  });

  it('holds with an audit at the end, in the same state', async () => {
    const nightly = await runOf(SMALL_CALM, BUG_SEED);
    const atEnd = await runOf({ ...SMALL_CALM, audit: 'end' }, BUG_SEED);
    expect(atEnd.violation).toBeNull();
    expect(atEnd.checks.find(({ check }) => check === 'audit')?.looked).toBe(1);
    expect(atEnd.stateHash).toBe(nightly.stateHash);
  });

  it('stops at the step that it was told, twice in the same state', async () => {
    const until = 100;
    const [first, second, later] = [
      await runOf(SMALL_CALM, BUG_SEED, { until }),
      await runOf(SMALL_CALM, BUG_SEED, { until }),
      await runOf(SMALL_CALM, BUG_SEED, { until: until + 20 }),
    ];
    expect([first.steps, second.steps, later.steps]).toEqual([until, until, until + 20]);
    expect(first.violation).toBeNull();
    expect(second.stateHash).toBe(first.stateHash);
    expect(later.stateHash).not.toBe(first.stateHash);
  });
});
