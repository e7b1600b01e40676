// SPDX-License-Identifier: MIT
/**
 * One hash over the state that follows from the evidence: cards, gaps, findings, accounts, terminals and
 * what is held. Nothing that depends on the order of arrival is in it (row numbers, journals, times of
 * receipt, envelopes), so it is the same for any order and repetition of the same batches.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { Sha256, sha256 } from '../../src/crypto/sha256.ts';
import { recordsOf } from '../chain/evidence.ts';
import { evidenceBytes } from '../chain/decode-record.ts';
import type { CardRow, HostStore } from '../store/store.ts';

const utf8 = new TextEncoder();

type Line = (...parts: readonly (number | string | null)[]) => void;

/** SHA-256 in hexadecimal. Reads every record: for tests, simulations and audits. */
export function stateHash(store: HostStore): string {
  return store.snapshot(() => hashOf(store));
}

function hashOf(store: HostStore): string {
  const hash = new Sha256();
  const line: Line = (...parts) => {
    hash.update(utf8.encode(`${parts.join(' ')}\n`));
  };
  for (const { account, balance } of store.balances()) {
    if (balance !== 0) line('account', account, balance);
  }
  for (const card of store.cards()) cardLines(store, card, line);
  for (const terminal of store.terminals()) {
    line('terminal', terminal.id, terminal.merchant, terminal.headSequence);
    for (const gap of store.terminalGaps(terminal.id)) line('missing', gap.from, gap.to);
  }
  for (const row of store.quarantine()) line('quarantine', toHex(row.digest), row.rule);
  return toHex(hash.digest());
}

function cardLines(store: HostStore, card: CardRow, line: Line): void {
  const { serial, nextOffline, nextOnline, balance, listedVersion } = card;
  line('card', toHex(serial), nextOffline, nextOnline, balance, listedVersion);
  const digests = [...recordsOf(store, card)].map(({ bytes }) =>
    toHex(sha256(evidenceBytes(bytes))),
  );
  for (const digest of digests.sort()) line('record', digest);
  for (const gap of store.gaps(serial)) line('gap', gap.from, gap.to, gap.value);
  for (const tap of store.uncertain(serial)) {
    line('uncertain', toHex(sha256(evidenceBytes(tap.bytes))));
  }
  for (const finding of store.findings(serial)) {
    line('finding', finding.key, finding.expected, finding.found, finding.atRisk);
  }
  for (const load of store.loads(serial)) line('load', load.id, load.state);
}
