// SPDX-License-Identifier: MIT
/**
 * UPDATE CAPP DATA CACHE: a record of a composite purchase waits in volatile memory until DEBIT commits
 * it with the money. Checks in the order of the row: file, tag, lock byte, length. Source: PBOC part 9,
 * 7.4; docs/protocol.md, Purse commands.
 */
import { invariant } from '../../src/errors/invariant.ts';
import type { CommandApdu } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { VARIABLE_RECORD } from '../../src/purse/files.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import { NO_RESPONSE_DATA, type CardApplet, type CardHandler } from '../card/card-applet.ts';
import { regionByShortFileId, type FileRegion } from '../card/card-map.ts';
import type { CachedRecord, CachedTransaction, OfflineTransaction } from '../card/session.ts';
import { isVariableRecord, slotOfTag, slotRecord } from './record-files.ts';

/** Keeps the journal of one DEBIT within its room: cells of cached records, slots counted whole. */
export const CACHE_BYTES_MAX = 512;
export const CACHE_RECORDS_MAX = 8;

function compositeFile(p2: number): FileRegion {
  const region = regionByShortFileId(p2 >> 3);
  if (region?.row.isComposite !== true) throw new Refusal(SW.FILE_NOT_FOUND);
  return region;
}

/** A variable record keeps its tag and its length; its lock byte must be open. */
function variableRecord(
  applet: CardApplet,
  region: FileRegion,
  command: CommandApdu,
): CachedRecord {
  const slot = command.p1 === 0 ? -1 : slotOfTag(applet.data, region, command.p1);
  const current = slotRecord(applet.data, region, slot);
  if (current === undefined) throw new Refusal(SW.RECORD_NOT_FOUND);
  if (current[VARIABLE_RECORD.lockOffset] !== VARIABLE_RECORD.lockOpen) {
    throw new Refusal(SW.COMPOSITE_RECORD_LOCKED);
  }
  const record = command.data;
  if (record.length !== current.length) throw new Refusal(SW.NOT_ENOUGH_SPACE);
  const isSameTag = record[VARIABLE_RECORD.tagOffset] === command.p1;
  if (!isSameTag || !isVariableRecord(record)) throw new Refusal(SW.WRONG_DATA);
  return { region, slot, record };
}

function cyclicRecord(region: FileRegion, command: CommandApdu): CachedRecord {
  // A cyclic file has no tags.
  if (command.p1 !== 0) throw new Refusal(SW.RECORD_NOT_FOUND);
  if (command.data.length !== region.row.size) throw new Refusal(SW.NOT_ENOUGH_SPACE);
  return { region, slot: null, record: command.data };
}

/** The cache with one more record: a variable record replaces the one cached for its slot. */
function withRecord(cache: readonly CachedRecord[], added: CachedRecord): readonly CachedRecord[] {
  const kept = cache.filter(
    ({ region, slot }) => slot === null || region !== added.region || slot !== added.slot,
  );
  const next = [...kept, added];
  const size = next.reduce((total, { region }) => total + region.row.size, 0);
  if (size > CACHE_BYTES_MAX || next.length > CACHE_RECORDS_MAX) {
    throw new Refusal(SW.NOT_ENOUGH_SPACE);
  }
  return Object.freeze(next);
}

function isComposite(kind: string): kind is 'compositeCached' | 'compositeInitialized' {
  return kind === 'compositeCached' || kind === 'compositeInitialized';
}

export const updateCompositeCache: CardHandler = (applet, command) => {
  const { session } = applet;
  const { transaction } = session;
  invariant(
    isComposite(transaction.kind),
    `"transaction" expected a composite purchase, got ${transaction.kind}`,
  );
  // The gate let only these two kinds in, as the line above asserts.
  const composite = transaction as CachedTransaction | OfflineTransaction;
  const region = compositeFile(command.p2);
  const added =
    region.row.structure === 'cyclic'
      ? cyclicRecord(region, command)
      : variableRecord(applet, region, command);
  const { account, type, amount, terminalId, cardRandom } = composite;
  session.transaction = {
    kind: 'compositeCached',
    account,
    type,
    amount,
    terminalId,
    cardRandom,
    cache: withRecord('cache' in composite ? composite.cache : [], added),
  };
  return NO_RESPONSE_DATA;
};
