// SPDX-License-Identifier: MIT
/**
 * How a station is written into the 7-byte `station` field of an EF1E record, and nowhere else defined.
 * A GTFS station id of up to 7 printable ASCII characters is written as it is, padded with zeros, so that
 * a trace shows it. A longer one is FF and the first 6 bytes of the SHA-256 of its UTF-8 text: it stays
 * the same in every version of a feed that keeps its ids, and a feed in which two collide is refused.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { Station } from '../../src/gtfs/model.ts';

export const STATION_CODE_SIZE = 7;
const HASHED = 0xff;

export function stationCode(stationId: string): Uint8Array {
  const code = new Uint8Array(STATION_CODE_SIZE);
  if (/^[\x21-\x7e]{1,7}$/.test(stationId)) {
    for (let index = 0; index < stationId.length; index++)
      code[index] = stationId.charCodeAt(index);
    return code;
  }
  code[0] = HASHED;
  code.set(sha256(new TextEncoder().encode(stationId)).subarray(0, STATION_CODE_SIZE - 1), 1);
  return code;
}

/** Stations by their codes. */
export class StationCodes {
  readonly #byCode = new Map<string, Station>();

  /** @throws GTFS_INVALID when two stations have the same code. */
  constructor(stations: readonly Station[]) {
    for (const station of stations) {
      const code = toHex(stationCode(station.id));
      const other = this.#byCode.get(code);
      if (other !== undefined) {
        throw new Fault(
          'GTFS_INVALID',
          `"stops.txt" expected ids with codes of their own, got ${other.id} and ${station.id}`,
        );
      }
      this.#byCode.set(code, station);
    }
  }

  /** Undefined for a code of another network, or of a station that the feed no longer has. */
  stationOf(code: Readonly<Uint8Array>): Station | undefined {
    return this.#byCode.get(toHex(code));
  }
}
