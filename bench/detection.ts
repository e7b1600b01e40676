// SPDX-License-Identifier: MIT
/** What the host found of the dirty mix, against what was put in. */
import { toHex } from '../src/bytes/hex.ts';
import type { BatchAck } from '../src/clearing/messages.ts';
import type { RuleName } from '../src/clearing/rules.table.ts';
import type { HostStore } from '../host/store/store.ts';
import { DIRTY_MIX, type DirtyClass } from './dirty-mix.table.ts';
import { recordName, type Truth } from './dirty-mix.ts';

/** `precision`: of what was found, the share that was put in. `recall`: the other way round. */
export interface Detected {
  readonly injected: number;
  readonly found: number;
  /** Null where nothing was found. */
  readonly precision: number | null;
  /** Null where nothing was put in. */
  readonly recall: number | null;
}

export type Detection = Readonly<Record<DirtyClass, Detected>>;

/** Compares acknowledgements, gaps and findings with the truth. */
export function detection(store: HostStore, truth: Truth): Detection {
  const found: Readonly<Record<DirtyClass, ReadonlySet<string>>> = {
    duplicate: answered(store, DIRTY_MIX.duplicate.rules),
    late: answered(store, DIRTY_MIX.late.rules),
    badTac: answered(store, DIRTY_MIX.badTac.rules),
    gap: new Set(missingCounters(store)),
    fork: new Set(cardsWith(store, DIRTY_MIX.fork.rules)),
  };
  const compare = (name: DirtyClass): Detected => scored(truth[name], found[name]);
  return {
    duplicate: compare('duplicate'),
    late: compare('late'),
    gap: compare('gap'),
    badTac: compare('badTac'),
    fork: compare('fork'),
  };
}

function scored(truth: readonly string[], found: ReadonlySet<string>): Detected {
  const hits = truth.filter((name) => found.has(name)).length;
  return {
    injected: truth.length,
    found: found.size,
    precision: found.size === 0 ? null : hits / found.size,
    recall: truth.length === 0 ? null : hits / truth.length,
  };
}

/** The records that were answered with one of these rules. */
function answered(store: HostStore, rules: readonly RuleName[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { terminal, number, ack } of store.batches()) {
    // The host wrote it.
    for (const { from, to, rule } of (JSON.parse(ack) as BatchAck).records) {
      if (!rules.includes(rule)) continue;
      for (let at = from; at <= to; at++) names.add(recordName(terminal, number, at));
    }
  }
  return names;
}

function cardsWith(store: HostStore, rules: readonly RuleName[]): readonly string[] {
  return store
    .allFindings()
    .filter(({ rule }) => rules.includes(rule))
    .map(({ serial }) => toHex(serial));
}

function missingCounters(store: HostStore): readonly string[] {
  return [...new Set(cardsWith(store, DIRTY_MIX.gap.rules))].flatMap((serial) =>
    store
      .gaps(Uint8Array.from(Buffer.from(serial, 'hex')))
      .flatMap(({ from, to }) =>
        Array.from({ length: (to ?? from) - from }, (_, index) => `${serial}:${from + index}`),
      ),
  );
}
