// SPDX-License-Identifier: MIT
/**
 * The purse commands check in the order of their row. For each status word of a row, a command is sent
 * that breaks this check and every later one: the first broken check answers.
 */
import { describe, expect, it } from 'vitest';
import { SW, type StatusWordName } from '../../../src/iso7816/status-words.table.ts';
import { PURSE_COMMANDS, type PurseCommandName } from '../../../src/purse/purse-commands.table.ts';
import type { VirtualCard } from '../../../card-applet-sim/card/virtual-card.ts';
import {
  apdu,
  expectOk,
  hex,
  issueCard,
  prepareDebit,
  prepareOnline,
  secured,
  send,
  spoilt,
  SUITE_NAMES,
  sw,
  TERMINAL,
  verifyPin,
} from './card-fixtures.ts';
import type { Suite } from './oracle.ts';

/** A check by its name; 6985 at the end of a row is another one than 6985 in its header. */
type Check = StatusWordName | 'LAST_CONDITIONS';

function checksOf(name: PurseCommandName): readonly Check[] {
  const checks: readonly StatusWordName[] = PURSE_COMMANDS[name].checks;
  return checks.map((check, index) =>
    check === 'CONDITIONS_NOT_SATISFIED' && index > 2 ? 'LAST_CONDITIONS' : check,
  );
}

interface Attempt {
  readonly card: VirtualCard;
  readonly suite: Suite;
  readonly broken: ReadonlySet<Check>;
}

const BALANCE = 1000;

/** INITIALIZE data that break what is to be broken. */
function initializeData({ broken }: Attempt, isLoad: boolean): string {
  const keyIndex = broken.has('KEY_INDEX_NOT_SUPPORTED') ? '09' : '01';
  const isTooMuch = broken.has('AMOUNT_INSUFFICIENT') || (isLoad && broken.has('LAST_CONDITIONS'));
  return keyIndex + hex(isTooMuch ? BALANCE + 1 : 1, 4) + TERMINAL;
}

const spoilLast = (command: string): string => command.slice(0, -2) + spoilt(command.slice(-2));

/** A commit command after its INITIALIZE, with a wrong MAC where that is to be broken. */
function commit(
  { broken, suite }: Attempt,
  prepare: () => { command: string },
  header: string,
): string {
  if (broken.has('COMMAND_NOT_ACCEPTED')) {
    const row = Object.values(PURSE_COMMANDS).find(
      ({ ins, p1 }) => hex(ins, 1) === header.slice(2, 4) && hex(p1 ?? 0, 1) === header.slice(4, 6),
    );
    return apdu(header, '00'.repeat(row?.command?.[suite].size ?? 0));
  }
  const { command } = prepare();
  return broken.has('MAC_INVALID') ? spoilLast(command) : command;
}

function cacheCommand(attempt: Attempt): string {
  const { broken, card, suite } = attempt;
  if (!broken.has('COMMAND_NOT_ACCEPTED')) {
    prepareDebit(card, suite, { p1: '03', type: '09', account: '02', amount: 1 });
  }
  const shortFileId = broken.has('FILE_NOT_FOUND') ? 0x1f : 0x19;
  // Record 03 is locked by personalisation; 05 is not there.
  const isLocked = broken.has('COMPOSITE_RECORD_LOCKED');
  const tag = broken.has('RECORD_NOT_FOUND') ? '05' : isLocked ? '03' : '01';
  const size = broken.has('NOT_ENOUGH_SPACE') ? 31 : 32;
  const first = broken.has('WRONG_DATA') ? '07' : tag;
  return apdu(`80DC${tag}${hex(shortFileId << 3, 1)}`, `${first}1E00`.padEnd(2 * size, '0'));
}

/** The command of a row, as far as its broken checks allow. */
const COMMAND: Readonly<Record<PurseCommandName, (attempt: Attempt) => string>> = {
  initializeForLoad: (attempt) => apdu('80500001', initializeData(attempt, true)),
  initializeForPurchase: (attempt) => apdu('80500101', initializeData(attempt, false)),
  initializeForCashWithdraw: (attempt) => apdu('80500201', initializeData(attempt, false)),
  initializeForCompositePurchase: (attempt) => apdu('80500301', initializeData(attempt, false)),
  initializeForUnload: (attempt) => apdu('80500501', initializeData(attempt, false)),
  initializeForLimitUpdate: (attempt) => {
    const data = initializeData(attempt, false);
    return apdu('80500401', data.slice(0, 2) + TERMINAL);
  },
  creditForLoad: (attempt) =>
    commit(
      attempt,
      () =>
        prepareOnline(attempt.card, attempt.suite, {
          ...{ session: 'load', type: '01', account: '01', amount: 0 },
        }),
      '80520000',
    ),
  debitForPurchase: (attempt) =>
    commit(
      attempt,
      () =>
        prepareDebit(attempt.card, attempt.suite, {
          ...{ p1: '01', type: '06', account: '02', amount: 1 },
        }),
      '80540100',
    ),
  debitForUnload: (attempt) =>
    commit(
      attempt,
      () =>
        prepareOnline(attempt.card, attempt.suite, {
          ...{ session: 'unload', type: '03', account: '01', amount: 1 },
        }),
      '80540300',
    ),
  updateOverdrawLimit: (attempt) =>
    commit(
      attempt,
      () =>
        prepareOnline(attempt.card, attempt.suite, {
          // The balance is at its maximum, which a higher limit would exceed.
          ...{ session: 'limit', type: '07', account: '01' },
          amount: attempt.broken.has('LAST_CONDITIONS') ? 1 : 0,
        }),
      '80580000',
    ),
  getTransactionProof: () => apdu('805A0006', '0001'),
  getBalance: () => '805C0001',
  updateCompositeCache: cacheCommand,
};

/** Header and lengths are broken last, on the command that is otherwise ready. */
function breakForm(name: PurseCommandName, command: string, broken: ReadonlySet<Check>): string {
  let formed = command;
  if (broken.has('WRONG_LENGTH')) {
    const data = `${command.slice(10)}00`;
    formed = apdu(command.slice(0, 8), data);
  }
  if (!broken.has('WRONG_P1_P2')) return formed;
  const header = name === 'getTransactionProof' ? `${formed.slice(0, 4)}55` : formed.slice(0, 6);
  return `${header}7F${formed.slice(8)}`;
}

function attempt(suite: Suite, name: PurseCommandName, broken: ReadonlySet<Check>): string {
  const isCounterFull = broken.has('COUNTER_AT_MAXIMUM');
  const counter = isCounterFull ? 0xffff : 5;
  const compositeRecords = ['011E00', '031E01'].map((start) =>
    Uint8Array.from({ length: 32 }, (_, at) =>
      Number.parseInt(start.slice(2 * at, 2 * at + 2) || '0', 16),
    ),
  );
  const card = issueCard(suite, {
    maximumBalance: BALANCE,
    compositeRecords,
    initial: {
      purseBalance: BALANCE,
      depositBalance: BALANCE,
      onlineCounter: counter,
      offlineCounter: counter,
    },
  });
  if (!broken.has('SECURITY_STATUS')) expectOk(verifyPin(card));
  const isPermanent = broken.has('APPLICATION_LOCKED');
  const isBlocked = isPermanent || broken.has('FUNCTION_NOT_SUPPORTED');
  const command = breakForm(name, COMMAND[name]({ card, suite, broken }), broken);
  if (isBlocked) {
    const header = `841E000${isPermanent ? '1' : '0'}`;
    expectOk(secured(card, suite, { header, key: 'applicationBlock' }));
  }
  if (broken.has('CONDITIONS_NOT_SATISFIED')) expectOk(send(card, '00A40000023F00'));
  return sw(send(card, command));
}

const statusOf = (check: Check): string =>
  hex(SW[check === 'LAST_CONDITIONS' ? 'CONDITIONS_NOT_SATISFIED' : check], 2);

describe.each(SUITE_NAMES)('order of checks in the %s suite', (suite) => {
  const names = Object.keys(PURSE_COMMANDS) as PurseCommandName[];
  const rows = names.flatMap((name) =>
    checksOf(name).map((check, index) => ({ name, check, later: checksOf(name).slice(index) })),
  );

  it.each(rows)('$name answers $check before every later check', ({ name, check, later }) => {
    expect(attempt(suite, name, new Set(later))).toBe(statusOf(check));
  });

  it.each(rows)('$name answers $check when that alone is wrong', ({ name, check }) => {
    expect(attempt(suite, name, new Set([check]))).toBe(statusOf(check));
  });

  it.each(names.filter((name) => name !== 'getTransactionProof'))(
    '%s succeeds when nothing is wrong',
    (name) => {
      // A card at its maximum takes a load of nothing.
      const broken = new Set<Check>();
      const isLoad = name === 'initializeForLoad';
      expect(attempt(suite, name, broken)).toBe(isLoad ? '6985' : '9000');
    },
  );
});

describe('order of header checks', () => {
  const rows = [
    // class, instruction, parameters and length wrong: the class answers
    { command: 'B0FF7F7F05', status: '6E00', why: 'an unknown class' },
    { command: '00FF7F7F05', status: '6D00', why: 'an unknown instruction' },
    { command: '005000FF05', status: '6E00', why: 'a known instruction of another class' },
    { command: '80500502', status: '6A86', why: 'P2 that P1 does not have' },
    { command: '8050097F05', status: '6A86', why: 'P1 that the instruction does not have' },
    { command: '8050010205', status: '6700', why: 'a data field that is missing' },
    { command: '805001', status: '6700', why: 'a header cut short' },
    { command: '', status: '6700', why: 'nothing at all' },
    { command: '8050010200000B', status: '6700', why: 'an extended length with no data' },
    { command: '805C000200', status: '9000', why: 'Le 00 for all there is' },
    { command: '805C0002', status: '9000', why: 'no Le' },
    { command: '805C000203', status: '6C04', why: 'Le below what the reply needs' },
    { command: '805C0002000010', status: '9000', why: 'an extended Le' },
    {
      command: '80500102' + '00000B' + '0100000001001122334455',
      status: '9000',
      why: 'extended Lc',
    },
    { command: '00A40400FF', status: '6A82', why: 'SELECT with no name' },
  ];

  it.each(rows)('$status for $why ($command)', ({ command, status }) => {
    const card = issueCard('tdes', { initial: { purseBalance: 10 } });
    expect(sw(send(card, command))).toBe(status);
  });
});
