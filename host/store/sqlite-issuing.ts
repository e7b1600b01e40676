// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { amount, signedAmount } from '../../src/money/amount.ts';
import {
  DEFAULT_LOT,
  type CardCount,
  type CardDetails,
  type CardEventRow,
  type HolderPaymentRow,
  type HolderRow,
  type LotRow,
  type RefundRow,
} from '../issuing/model.ts';
import { recordSql } from './record-sql.ts';
import type { ClearedPurchase, IssuingStore, ProvenLoad } from './issuing-store.ts';

/** Rows of a page of what is streamed. */
const PAGE_ROWS = 1000;
const SERIAL_SQL = recordSql('applicationSerialNumber');

/** Holders, lots, cards, refunds. Times and amounts in the rows were made by `instant` and `src/money`. */
export function issuingVerbs(database: Database): IssuingStore {
  return {
    ...holderVerbs(database),
    ...lotVerbs(database),
    ...detailVerbs(database),
    ...countVerbs(database),
    ...eventVerbs(database),
    ...refundVerbs(database),
    ...paymentVerbs(database),
    ...statisticsVerbs(database),
  };
}

function holderVerbs(
  database: Database,
): Pick<IssuingStore, 'holder' | 'holders' | 'insertHolder' | 'updateHolder'> {
  const columns = 'id, name, contact, opened_at AS openedAt, closed_at AS closedAt';
  const insert = database.prepare(
    'INSERT INTO holders VALUES (@id, @name, @contact, @openedAt, @closedAt)',
  );
  const update = database.prepare(
    'UPDATE holders SET name = @name, contact = @contact, closed_at = @closedAt WHERE id = @id',
  );
  const select = database.prepare<[string], HolderRow>(
    `SELECT ${columns} FROM holders WHERE id = ?`,
  );
  const selectAll = database.prepare<[], HolderRow>(`SELECT ${columns} FROM holders ORDER BY id`);
  return {
    insertHolder: (holder) => void insert.run(holder),
    updateHolder: (holder) => void update.run(holder),
    holder: (id) => select.get(id),
    holders: () => selectAll.all(),
  };
}

function lotVerbs(database: Database): Pick<IssuingStore, 'insertLot' | 'lot' | 'lots'> {
  const columns =
    'id, suite, key_version AS keyVersion, valid_from AS validFrom, valid_until AS validUntil, deposit, fee, added_at AS addedAt';
  const insert = database.prepare(
    'INSERT INTO lots VALUES (@id, @suite, @keyVersion, @validFrom, @validUntil, @deposit, @fee, @addedAt)',
  );
  const select = database.prepare<[string], LotRow>(`SELECT ${columns} FROM lots WHERE id = ?`);
  const selectAll = database.prepare<[], LotRow>(`SELECT ${columns} FROM lots ORDER BY id`);
  return {
    insertLot: (lot) => void insert.run(lot),
    lot: (id) => select.get(id),
    lots: () => selectAll.all(),
  };
}

type DetailsRow = Omit<CardDetails, 'validity'> & {
  readonly validFrom: string | null;
  readonly validUntil: string | null;
};

function detailsOf({ validFrom, validUntil, ...row }: DetailsRow): CardDetails {
  const isKnown = validFrom !== null && validUntil !== null;
  return {
    ...row,
    serial: Uint8Array.from(row.serial),
    replacedBy: row.replacedBy === null ? null : Uint8Array.from(row.replacedBy),
    validity: isKnown ? { from: validFrom, until: validUntil } : null,
  };
}

function detailValues({ validity, ...details }: CardDetails): object {
  return { ...details, validFrom: validity?.from ?? null, validUntil: validity?.until ?? null };
}

function detailVerbs(
  database: Database,
): Pick<IssuingStore, 'cardDetails' | 'cardsOfHolder' | 'insertCardDetails' | 'updateCardDetails'> {
  const columns =
    'serial, lot, holder, state, valid_from AS validFrom, valid_until AS validUntil, deposit, replaced_by AS replacedBy, ended_at AS endedAt';
  const insert = database.prepare(
    'INSERT INTO card_details VALUES (@serial, @lot, @holder, @state, @validFrom, @validUntil, @deposit, @replacedBy, @endedAt)',
  );
  const update = database.prepare(
    `UPDATE card_details SET lot = @lot, holder = @holder, state = @state, valid_from = @validFrom,
     valid_until = @validUntil, deposit = @deposit, replaced_by = @replacedBy, ended_at = @endedAt
     WHERE serial = @serial`,
  );
  const select = database.prepare<[Uint8Array], DetailsRow>(
    `SELECT ${columns} FROM card_details WHERE serial = ?`,
  );
  const selectOfHolder = database.prepare<[string], DetailsRow>(
    `SELECT ${columns} FROM card_details WHERE holder = ? ORDER BY serial`,
  );
  const cardDetails = (serial: Uint8Array): CardDetails | undefined => {
    const row = select.get(serial);
    return row === undefined ? undefined : detailsOf(row);
  };
  return {
    insertCardDetails: (details) => void insert.run(detailValues(details)),
    updateCardDetails: (details) => void update.run(detailValues(details)),
    cardDetails,
    cardsOfHolder: (holder) => selectOfHolder.all(holder).map(detailsOf),
  };
}

function countVerbs(
  database: Database,
): Pick<IssuingStore, 'cardCounts' | 'cardsNearCounter' | 'depositSum'> {
  const selectCounts = database.prepare<[], CardCount>(
    `SELECT COALESCE(lot, '${DEFAULT_LOT}') AS lot, suite, key_version AS keyVersion,
       COALESCE(state, 'active') AS state, card_details.valid_until AS validUntil,
       COUNT(*) AS count, SUM(balance) AS balance
     FROM cards LEFT JOIN card_details ON card_details.serial = cards.serial
     GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`,
  );
  const selectNear = database.prepare<
    [number, number],
    { serial: Uint8Array; nextOffline: number; nextOnline: number }
  >(
    'SELECT serial, next_offline AS nextOffline, next_online AS nextOnline FROM cards WHERE next_offline >= ? OR next_online >= ? ORDER BY serial',
  );
  const sumDeposits = database
    .prepare<[], number>('SELECT COALESCE(SUM(deposit), 0) FROM card_details')
    .pluck();
  return {
    cardCounts: () => selectCounts.all(),
    cardsNearCounter: (counter) => selectNear.all(counter, counter),
    depositSum: () => amount(sumDeposits.get() ?? 0),
  };
}

function eventVerbs(database: Database): Pick<IssuingStore, 'cardEvents' | 'insertCardEvent'> {
  const insert = database.prepare(
    'INSERT INTO card_events VALUES (@serial, @number, @event, @state, @at, @actor, @note)',
  );
  const select = database.prepare<[Uint8Array], CardEventRow>(
    'SELECT serial, number, event, state, at, actor, note FROM card_events WHERE serial = ? ORDER BY number',
  );
  return {
    insertCardEvent: (event) => void insert.run(event),
    cardEvents: (serial) =>
      select.all(serial).map((row) => ({ ...row, serial: Uint8Array.from(row.serial) })),
  };
}

const REFUND_COLUMNS =
  'reference, serial, counter, record, merchant, type, amount, at, actor, note';

const refundOf = (row: RefundRow): RefundRow => ({ ...row, serial: Uint8Array.from(row.serial) });

function refundVerbs(
  database: Database,
): Pick<IssuingStore, 'insertRefund' | 'refund' | 'refundedCards' | 'refunds'> {
  const insert = database.prepare(
    'INSERT INTO purchase_refunds VALUES (@reference, @serial, @counter, @record, @merchant, @type, @amount, @at, @actor, @note)',
  );
  const select = database.prepare<[string], RefundRow>(
    `SELECT ${REFUND_COLUMNS} FROM purchase_refunds WHERE reference = ?`,
  );
  const selectOfCard = database.prepare<[Uint8Array], RefundRow>(
    `SELECT ${REFUND_COLUMNS} FROM purchase_refunds WHERE serial = ? ORDER BY at, reference`,
  );
  const selectCards = database
    .prepare<[], Uint8Array>(
      'SELECT serial FROM purchase_refunds UNION SELECT serial FROM holder_payments ORDER BY 1',
    )
    .pluck();
  return {
    insertRefund: (refund) => void insert.run(refund),
    refund(reference) {
      const row = select.get(reference);
      return row === undefined ? undefined : refundOf(row);
    },
    refunds: (serial) => selectOfCard.all(serial).map(refundOf),
    refundedCards: () => selectCards.all().map((serial) => Uint8Array.from(serial)),
  };
}

function paymentVerbs(
  database: Database,
): Pick<IssuingStore, 'holderPayment' | 'holderPayments' | 'insertHolderPayment'> {
  const columns = 'reference, serial, method, amount, agent, load, at, actor';
  const insert = database.prepare(
    'INSERT INTO holder_payments VALUES (@reference, @serial, @method, @amount, @agent, @load, @at, @actor)',
  );
  const select = database.prepare<[string], HolderPaymentRow>(
    `SELECT ${columns} FROM holder_payments WHERE reference = ?`,
  );
  const selectOfCard = database.prepare<[Uint8Array], HolderPaymentRow>(
    `SELECT ${columns} FROM holder_payments WHERE serial = ? ORDER BY at, reference`,
  );
  const paymentOf = (row: HolderPaymentRow): HolderPaymentRow => ({
    ...row,
    serial: Uint8Array.from(row.serial),
  });
  return {
    insertHolderPayment: (payment) => void insert.run(payment),
    holderPayment(reference) {
      const row = select.get(reference);
      return row === undefined ? undefined : paymentOf(row);
    },
    holderPayments: (serial) => selectOfCard.all(serial).map(paymentOf),
  };
}

type PurchaseRow = Omit<ClearedPurchase, 'amount'> & {
  readonly id: number;
  readonly amount: number | null;
};

function statisticsVerbs(
  database: Database,
): Pick<IssuingStore, 'clearedPurchases' | 'clearedRefunds' | 'provenLoads'> {
  const lot = `COALESCE(lot, '${DEFAULT_LOT}') AS lot`;
  const plain = database.prepare<[number], PurchaseRow>(
    `SELECT records.id AS id, records.bytes AS bytes, terminals.merchant AS merchant, ${lot}, NULL AS amount
     FROM records JOIN terminals ON terminals.id = hex(${recordSql('terminalId')})
     LEFT JOIN card_details ON card_details.serial = ${SERIAL_SQL}
     WHERE records.id > ? AND is_judged = 0 ORDER BY records.id LIMIT ${PAGE_ROWS}`,
  );
  const items = database.prepare<[number], PurchaseRow>(
    `SELECT merchant_items.id AS id, records.bytes AS bytes, merchant, ${lot}, amount
     FROM merchant_items JOIN records ON records.id = merchant_items.record
     LEFT JOIN card_details ON card_details.serial = ${SERIAL_SQL}
     WHERE merchant_items.id > ? ORDER BY merchant_items.id LIMIT ${PAGE_ROWS}`,
  );
  const refunds = database.prepare<[], RefundRow & { bytes: Uint8Array; lot: string }>(
    `SELECT ${REFUND_COLUMNS.split(', ')
      .map((column) => `purchase_refunds.${column} AS ${column}`)
      .join(', ')}, records.bytes AS bytes, ${lot}
     FROM purchase_refunds JOIN records ON records.id = purchase_refunds.record
     LEFT JOIN card_details ON card_details.serial = purchase_refunds.serial
     ORDER BY reference`,
  );
  const loads = database.prepare<[], ProvenLoad>(
    `SELECT loads.at AS at, loads.amount AS amount, COALESCE(terminals.merchant, '') AS merchant, ${lot}
     FROM loads LEFT JOIN terminals ON terminals.id = loads.agent
     LEFT JOIN card_details ON card_details.serial = loads.serial
     WHERE loads.state = 'proven' ORDER BY loads.id`,
  );
  function* purchases(): IterableIterator<ClearedPurchase> {
    for (const statement of [plain, items]) {
      for (
        let after = 0, rows;
        (rows = statement.all(after)).length > 0;
        after = rows.at(-1)?.id ?? 0
      ) {
        for (const { bytes, merchant, lot: ofLot, amount: paid } of rows) {
          yield { bytes, merchant, lot: ofLot, amount: paid === null ? null : signedAmount(paid) };
        }
      }
    }
  }
  function* clearedRefunds(): ReturnType<IssuingStore['clearedRefunds']> {
    for (const { bytes, lot: ofLot, ...refund } of refunds.iterate()) {
      yield { refund: refundOf(refund), bytes, lot: ofLot };
    }
  }
  return { clearedPurchases: purchases, clearedRefunds, provenLoads: () => loads.iterate() };
}
