// SPDX-License-Identifier: MIT
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { serialNumberBytes } from '../../../src/purse/serial-number.ts';
import { audit, auditPlace } from '../checks/audit.ts';
import { victim, type Underworld } from './adversary.ts';

const RAISE = 500_00;

/**
 * Somebody with access to the machine raises the balance of a card in the host's books. The auditor comes the
 * same night; what it finds is put right.
 */
export async function editDatabase(world: Underworld): Promise<void> {
  const { city } = world;
  const { box, cases } = city.parts;
  const serial = victim(world)?.purse?.serial;
  if (serial === undefined) return;
  const raise = (by: number): void => {
    const database = new Database(join(box.directory, 'ledger.db'));
    database
      .prepare('UPDATE cards SET balance = balance + ? WHERE serial = ?')
      .run(by, serialNumberBytes(serial));
    database.close();
  };
  raise(RAISE);
  cases.commit('databaseEdit', serial, city.now);
  const findings = await audit(auditPlace(box));
  for (const { subject } of findings) {
    if (subject.toLowerCase().includes(serial)) cases.see(['databaseEdit'], serial, city.now);
  }
  raise(-RAISE);
}
