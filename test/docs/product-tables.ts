// SPDX-License-Identifier: MIT
/** The tables of every document but docs/protocol.md. */
import {
  CACHE_BYTES_MAX,
  CACHE_RECORDS_MAX,
} from '../../card-applet-sim/commands/composite-cache.ts';
import { UNBLOCK_TRIES } from '../../card-applet-sim/commands/life-cycle-commands.ts';
import { PIN_SIZE_MIN } from '../../card-applet-sim/commands/pin-commands.ts';
import { PIN_SIZE_MAX } from '../../card-applet-sim/card/card-map.ts';
import { MAC_INPUT_MAX } from '../../card-applet-sim/psam/cipher-commands.ts';
import { KEY_SLOTS } from '../../card-applet-sim/psam/psam-map.ts';
import { TERMINAL_COUNTER_MAX } from '../../card-applet-sim/psam/purchase-commands.ts';
import { FINDINGS_KEPT } from '../../host/audit/findings.ts';
import { INVARIANTS } from '../../host/audit/invariants.table.ts';
import { RATES } from '../../host/access/rate-limits.table.ts';
import { ROLES } from '../../host/access/roles.table.ts';
import { BATCHES_AT_ONCE } from '../../host/http/routes/terminals.ts';
import { CARD_LIFE, CARD_STATES } from '../../host/issuing/life-cycle.table.ts';
import { SLICE_RECORDS } from '../../host/intake/intake.ts';
import { ACCOUNTS } from '../../host/ledger/accounts.table.ts';
import { EXCESS } from '../../host/ledger/excess.table.ts';
import { CLOCKS, type ClockRow } from '../../host/clocks/clocks.table.ts';
import { UNIT_NAMES } from '../../host/clocks/clock-book.ts';
import { FEE_BOUNDS } from '../../host/settlement/fee-bounds.table.ts';
import { PAYOUT_MOVES, type PayoutMove } from '../../host/settlement/payouts.table.ts';
import { ACTIONS } from '../../src/clearing/actions.table.ts';
import { BATCH_HEADER, BATCH_TRAILER } from '../../src/clearing/batch-layout.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { PLACE_MAX, RECORD } from '../../src/clearing/record.ts';
import { MAY_ERASE, RULES } from '../../src/clearing/rules.table.ts';
import { FAULTS } from '../../src/errors/catalogue.table.ts';
import { GTFS_LIMITS } from '../../src/gtfs/limits.table.ts';
import { formatSw } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { AMOUNT_MAX } from '../../src/money/amount.ts';
import { CURRENCIES } from '../../src/money/currencies.table.ts';
import { CARD_REFUSALS, type RefusalRow } from '../../terminal/flow/card-refusals.table.ts';
import { DECLINE_REASONS } from '../../terminal/flow/decline-reasons.table.ts';
import { FINDINGS, type FindingRow } from '../../terminal/reader/doctor/findings.table.ts';
import { ledgerExample } from './ledger-example.ts';
import { feeExample, settlementExample } from './settlement-example.ts';
import { code, grouped, markdownTable } from './markdown.ts';
import { ROUTE_TABLE } from './route-table.ts';

function accounts(): string {
  return markdownTable(
    ['Code', 'Account', 'Normal side', 'Sub-ledger by'],
    Object.entries(ACCOUNTS).map(([number, row]) => [
      number,
      row.name,
      row.side,
      row.subLedger ?? '',
    ]),
  );
}

function excess(): string {
  return markdownTable(
    ['Account', 'Excess on', 'Paid back first', 'When'],
    Object.entries(EXCESS).map(([number, row]) => [
      number,
      row.excess,
      row.isRepaid ? 'yes' : 'no',
      row.meaning,
    ]),
  );
}

function feeBounds(): string {
  return markdownTable(
    ['Bound', 'Least', 'Most', 'Of'],
    Object.entries(FEE_BOUNDS).map(([name, { min, max, meaning }]) => [
      code(name),
      grouped(min),
      grouped(max),
      meaning,
    ]),
  );
}

function clocks(): string {
  const rows: Readonly<Record<string, ClockRow>> = CLOCKS;
  return markdownTable(
    ['Clock', 'Runs for', 'May be set to', 'What'],
    Object.entries(rows).map(([name, { meaning, settable, unit, value }]) => [
      code(name),
      `${grouped(value)} ${UNIT_NAMES[unit]}`,
      settable === null ? 'fixed' : settable.map(grouped).join(' to '),
      meaning,
    ]),
  );
}

function payoutMoves(): string {
  const told = (move: PayoutMove): string =>
    typeof move === 'string' ? move : `${move.next}, ${code(move.posting)}`;
  return markdownTable(
    ['State', 'send', 'confirm', 'reject', 'return'],
    Object.entries(PAYOUT_MOVES).map(([state, row]) => [
      state,
      told(row.send),
      told(row.confirm),
      told(row.reject),
      told(row.return),
    ]),
  );
}

function invariants(): string {
  return markdownTable(
    ['', 'Name', 'What holds', 'A finding may mean', 'What to do'],
    Object.entries(INVARIANTS).map(([id, row]) => [
      id,
      row.name,
      row.statement,
      row.meaning,
      row.action,
    ]),
  );
}

function rules(): string {
  return markdownTable(
    ['Rule', 'Name', 'Verdict', 'Severity', 'Condition', 'What to do'],
    Object.entries(RULES).map(([name, row]) => [
      `${row.number}`,
      code(name),
      row.verdict,
      row.severity,
      row.meaning,
      row.resolution,
    ]),
  );
}

const VERDICT_MEANINGS: Readonly<Record<keyof typeof MAY_ERASE, string>> = {
  post: 'money moves',
  postAlert: 'money moves, and somebody looks',
  duplicate: 'acknowledged, no effect',
  suspense: 'the value is held for a person to decide',
  reject: 'a memo, no money moves',
  recycle: 'held at the host until it can be judged',
};

function verdicts(): string {
  return markdownTable(
    ['Verdict', 'Meaning', 'The terminal may erase'],
    Object.entries(VERDICT_MEANINGS).map(([verdict, meaning]) => [
      verdict,
      meaning,
      MAY_ERASE[verdict as keyof typeof MAY_ERASE] ? 'yes' : 'no',
    ]),
  );
}

function layout(unit: {
  readonly placements: readonly {
    readonly name: string;
    readonly offset: number;
    readonly size: number;
  }[];
}): string {
  return markdownTable(
    ['Offset', 'Bytes', 'Field'],
    unit.placements.map(({ name, offset, size }) => [
      `${offset}`,
      `${size}`,
      code(name.replace(/^_/, '')),
    ]),
  );
}

function faults(): string {
  return markdownTable(
    ['Code', 'Meaning', 'Party', 'Retry may help', 'HTTP', 'What to do'],
    Object.entries(FAULTS).map(([name, row]) => [
      code(name),
      row.text,
      row.party,
      row.transient ? 'yes' : 'no',
      `${row.httpStatus}`,
      row.advice,
    ]),
  );
}

function clearingLimits(): string {
  return markdownTable(
    ['Limit', 'At most', 'Of what'],
    Object.entries(LIMITS).map(([name, row]) => [code(name), grouped(row.max), row.meaning]),
  );
}

function gtfsLimits(): string {
  return markdownTable(
    ['Limit', 'At most', 'Of what'],
    Object.entries(GTFS_LIMITS).map(([name, row]) => [code(name), grouped(row.max), row.text]),
  );
}

function builtLimits(): string {
  const rows: readonly (readonly [string, number, string])[] = [
    ['amount of one transaction, balance of a card', AMOUNT_MAX, 'src/money/amount.ts'],
    ['bytes of a PIN, at least', PIN_SIZE_MIN, 'card-applet-sim/commands/pin-commands.ts'],
    ['bytes of a PIN, at most', PIN_SIZE_MAX, 'card-applet-sim/card/card-map.ts'],
    [
      'wrong MACs on APPLICATION UNBLOCK in a row that lock for ever',
      UNBLOCK_TRIES,
      'card-applet-sim/commands/life-cycle-commands.ts',
    ],
    [
      'bytes that one composite purchase may cache, slots counted whole',
      CACHE_BYTES_MAX,
      'card-applet-sim/commands/composite-cache.ts',
    ],
    [
      'records that one composite purchase may cache',
      CACHE_RECORDS_MAX,
      'card-applet-sim/commands/composite-cache.ts',
    ],
    [
      'terminal counter of a SAM',
      TERMINAL_COUNTER_MAX,
      'card-applet-sim/psam/purchase-commands.ts',
    ],
    ['master keys in a SAM', KEY_SLOTS, 'card-applet-sim/psam/psam-map.ts'],
    [
      'bytes of one MAC that CIPHER DATA computes',
      MAC_INPUT_MAX,
      'card-applet-sim/psam/cipher-commands.ts',
    ],
    ['characters of the place in a record', PLACE_MAX, 'src/clearing/record.ts'],
    ['findings of one invariant that an audit lists', FINDINGS_KEPT, 'host/audit/findings.ts'],
    ['records posted in one database transaction', SLICE_RECORDS, 'host/intake/intake.ts'],
    ['batches that stream in at a time', BATCHES_AT_ONCE, 'host/http/routes/terminals.ts'],
  ];
  return markdownTable(
    ['Of what', 'Limit', 'Declared in'],
    rows.map(([what, limit, file]) => [what, grouped(limit), code(file)]),
  );
}

function hostRoles(): string {
  return markdownTable(
    ['Role', 'What it may'],
    Object.entries(ROLES).map(([name, meaning]) => [code(name), meaning]),
  );
}

function hostRates(): string {
  return markdownTable(
    ['Of what', 'At once', 'Then a second'],
    Object.values(RATES).map(({ meaning, burst, perSecond }) => [
      meaning,
      grouped(burst),
      `${perSecond}`,
    ]),
  );
}

function currencies(): string {
  return markdownTable(
    ['Code', 'Number', 'Minor digits'],
    Object.entries(CURRENCIES).map(([name, row]) => [name, `${row.number}`, `${row.minorDigits}`]),
  );
}

function declineReasons(): string {
  return markdownTable(
    ['Reason', 'In words'],
    Object.entries(DECLINE_REASONS).map(([name, words]) => [code(name), words]),
  );
}

function cardRefusals(): string {
  const rows: readonly (readonly [string, RefusalRow])[] = Object.entries(CARD_REFUSALS);
  return markdownTable(
    ['SW', 'Name', 'Reason', 'Proves that nothing was done'],
    rows.map(([name, row]) => [
      formatSw(SW[name as keyof typeof CARD_REFUSALS]),
      code(name),
      code(row.reason),
      row.isProof ? 'yes' : 'no',
    ]),
  );
}

function doctorFindings(): string {
  const rows: readonly FindingRow[] = Object.values(FINDINGS);
  return markdownTable(
    ['Code', 'Severity', 'Meaning', 'What to do'],
    rows.map(({ code: number, severity, text, advice }) => [
      `${number}`,
      severity,
      text,
      typeof advice === 'string' ? advice : 'by system, below',
    ]),
  );
}

function doctorAdvice(): string {
  const rows: readonly FindingRow[] = Object.values(FINDINGS);
  return markdownTable(
    ['Code', 'Debian', 'Fedora', 'macOS', 'Windows'],
    rows.flatMap(({ code: number, advice }) =>
      typeof advice === 'string'
        ? []
        : [[`${number}`, advice.debian, advice.fedora, advice.macos, advice.windows]],
    ),
  );
}

function cardLife(): string {
  const events = Object.keys(CARD_LIFE.active);
  return markdownTable(
    ['State', 'Meaning', ...events],
    Object.entries(CARD_LIFE).map(([state, nexts]) => [
      state,
      CARD_STATES[state as keyof typeof CARD_STATES].meaning,
      ...Object.values(nexts).map((next) => next ?? ''),
    ]),
  );
}

function cardActions(): string {
  return markdownTable(
    ['Kind', 'Done', 'Needs the host'],
    Object.entries(ACTIONS).map(([name, row]) => [
      code(name),
      row.meaning,
      row.needsHost ? 'yes' : 'no',
    ]),
  );
}

export const PRODUCT_TABLES = {
  accounts,
  'batch-header': () => layout(BATCH_HEADER),
  'batch-trailer': () => layout(BATCH_TRAILER),
  'built-limits': builtLimits,
  'card-actions': cardActions,
  'card-life': cardLife,
  'card-refusals': cardRefusals,
  'clearing-limits': clearingLimits,
  'clearing-record': () => layout(RECORD),
  currencies,
  'decline-reasons': declineReasons,
  'doctor-advice': doctorAdvice,
  clocks,
  'doctor-findings': doctorFindings,
  excess,
  faults,
  'fee-bounds': feeBounds,
  'fee-example': feeExample,
  'gtfs-limits': gtfsLimits,
  invariants,
  'host-rates': hostRates,
  'host-roles': hostRoles,
  'host-routes': () => ROUTE_TABLE,
  'ledger-example': ledgerExample,
  'payout-moves': payoutMoves,
  rules,
  'settlement-example': settlementExample,
  verdicts,
} as const;
