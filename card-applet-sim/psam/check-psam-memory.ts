// SPDX-License-Identifier: MIT
import { suiteByAlgorithm } from '../../src/purse/suites.table.ts';
import {
  DIVERSIFICATION_ORDER,
  KEY_SLOTS,
  PSAM_CONSTANTS,
  PSAM_CONSTANTS_ADDRESS,
  PSAM_KEY,
  PSAM_KEYS_ADDRESS,
} from './psam-map.ts';

/** The first field of a SAM's memory that is out of its range, if any. */
export function checkPsamMemory(cells: Readonly<Uint8Array>): string | undefined {
  const constants = PSAM_CONSTANTS.decodeAt(cells, PSAM_CONSTANTS_ADDRESS);
  if (constants.diversificationOrder > DIVERSIFICATION_ORDER.outermostFirst) {
    return 'diversificationOrder';
  }
  if (constants.mac2ErrorMax === 0) return 'mac2ErrorMax';
  for (let slot = 0; slot < KEY_SLOTS; slot++) {
    const key = PSAM_KEY.decodeAt(cells, PSAM_KEYS_ADDRESS + slot * PSAM_KEY.size);
    // A usage of 00 marks a slot without a key.
    if (key.usage !== 0 && suiteByAlgorithm(key.algorithmId) === undefined) {
      return `keys.${slot}.algorithmId`;
    }
  }
  return undefined;
}
