// SPDX-License-Identifier: MIT
/**
 * The hotlist and its versions. Every change makes a new version; a terminal that holds an older one gets
 * the difference, and takes it only when the result has the digest of the new list. For any history the
 * differences, one after the other, make the full list.
 */
import { toHex } from '../bytes/hex.ts';
import { sha256 } from '../crypto/sha256.ts';
import { Fault } from '../errors/fault.ts';
import { LIMITS } from './limits.table.ts';
import type { Hotlist } from './messages.ts';
import { isObject, isUint } from './signed.ts';

/** One card put on the list or taken off it. */
export interface HotlistChange {
  /** The version that has the change. */
  readonly version: number;
  /** 20 digits. */
  readonly serial: string;
  readonly op: 'add' | 'remove';
}

/** The list of a version and when that version was issued, milliseconds since 1970 UTC. */
export interface HotlistFull extends Hotlist {
  readonly kind: 'full';
  readonly issuedAtMs: number;
}

/** The way from the list `from` to the list `version`. */
export interface HotlistDelta {
  readonly kind: 'delta';
  readonly from: number;
  readonly version: number;
  readonly issuedAtMs: number;
  /** Of the list that results. */
  readonly digest: string;
  /** Serials, ascending; both lists are disjoint. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** What a terminal is told of the hotlist; `current`: it has the newest. */
export type HotlistUpdate = HotlistDelta | HotlistFull | { readonly kind: 'current' };

/** SHA-256 over `version` and the serials, one a line: tells a damaged or stale list from the real one. */
export function hotlistDigest(version: number, serials: readonly string[]): string {
  return toHex(sha256(new TextEncoder().encode([version, ...serials].join('\n'))));
}

/** Checks a list that came from outside. @throws HOST_REFUSED when it is not whole. */
export function checkHotlist(list: Hotlist): Hotlist {
  if (list.serials.length > LIMITS.hotlistEntries.max) {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `"hotlist" expected at most ${LIMITS.hotlistEntries.max} cards, got ${list.serials.length}`,
    );
  }
  if (list.digest !== hotlistDigest(list.version, list.serials)) {
    throw new Fault('HOST_REFUSED', '"hotlist.digest" expected the digest of the list');
  }
  return list;
}

/** What changed in all: per card only the last change counts. `changes` in the order of their versions. */
export function netChanges(
  changes: Iterable<HotlistChange>,
): Pick<HotlistDelta, 'added' | 'removed'> {
  const last = new Map<string, HotlistChange['op']>();
  for (const { serial, op } of changes) last.set(serial, op);
  const of = (op: HotlistChange['op']): readonly string[] =>
    [...last].flatMap(([serial, lastOp]) => (lastOp === op ? [serial] : [])).sort();
  return { added: of('add'), removed: of('remove') };
}

/** The serials after a difference, ascending: cards that were added and removed in between do no harm. */
export function withDelta(
  serials: readonly string[],
  { added, removed }: Pick<HotlistDelta, 'added' | 'removed'>,
): readonly string[] {
  const list = new Set(serials);
  for (const serial of removed) list.delete(serial);
  for (const serial of added) list.add(serial);
  return [...list].sort();
}

/**
 * Applies a difference to the list that a terminal holds.
 * @throws HOST_REFUSED when it is not for this list, or the result is not what the host says.
 */
export function applyDelta(
  held: Pick<Hotlist, 'serials' | 'version'>,
  delta: HotlistDelta,
): Hotlist {
  if (delta.from !== held.version) {
    const problem = `"hotlist.from" expected ${held.version}, the version that is held, got ${delta.from}`;
    throw new Fault('HOST_REFUSED', problem);
  }
  const { version, digest } = delta;
  return checkHotlist({ version, digest, serials: withDelta(held.serials, delta) });
}

const UINT32_MAX = 0xffffffff;

function isSerials(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length <= LIMITS.hotlistEntries.max &&
    value.every((serial) => typeof serial === 'string' && /^[0-9]{20}$/.test(serial))
  );
}

/** Whether a value has the form of an update; its digest is checked when it is applied. */
export function isHotlistUpdate(value: unknown): value is HotlistUpdate {
  if (!isObject(value)) return false;
  if (value['kind'] === 'current') return true;
  const isIssued =
    isUint(value['version'], UINT32_MAX) &&
    isUint(value['issuedAtMs']) &&
    typeof value['digest'] === 'string';
  if (!isIssued) return false;
  if (value['kind'] === 'full') return isSerials(value['serials']);
  return (
    value['kind'] === 'delta' &&
    isUint(value['from'], UINT32_MAX) &&
    isSerials(value['added']) &&
    isSerials(value['removed'])
  );
}
