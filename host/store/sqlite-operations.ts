// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import type { RuleName } from '../../src/clearing/rules.table.ts';
import { recordSql } from './record-sql.ts';
import type { MerchantRecord, OperationsStore } from './operations-store.ts';

/** Counts for monitors, and a merchant's records. */
export function operationsVerbs(database: Database): OperationsStore {
  const selectCounts = database.prepare<[], { rule: RuleName; count: number }>(
    `SELECT rule, COUNT(*) AS count FROM
       (SELECT rule FROM findings UNION ALL SELECT rule FROM quarantine
        UNION ALL SELECT 'loadInFlight' FROM loads WHERE state = 'inFlight'
        UNION ALL SELECT 'terminalGap' FROM terminal_gaps)
     GROUP BY rule ORDER BY rule`,
  );
  const selectRecords = database.prepare<[number, number, string], MerchantRecord>(
    `SELECT records.id AS id, records.bytes AS bytes
     FROM records JOIN terminals ON terminals.id = hex(${recordSql('terminalId')})
     WHERE records.id > ? AND records.id <= ? AND terminals.merchant = ? ORDER BY records.id`,
  );
  return {
    openCounts: () => selectCounts.all(),
    merchantRecords: (merchant, after, last) => selectRecords.all(after, last, merchant),
  };
}
