// SPDX-License-Identifier: MIT
/**
 * What must hold of a card's memory whoever wrote the image, torn or not: values in their ranges, so that
 * no command can run into one that personalisation could not have made.
 */
import { FILES } from '../../src/purse/files.table.ts';
import { suiteByAlgorithm } from '../../src/purse/suites.table.ts';
import {
  ACCESS_ADDRESS,
  CARD_ACCESS,
  CARD_CONSTANTS,
  CARD_STATE,
  CONSTANTS_ADDRESS,
  LIFE_CYCLE,
  PIN_SIZE_MAX,
  STATE_ADDRESS,
} from './card-map.ts';

const LIFE_CYCLES: readonly number[] = Object.values(LIFE_CYCLE);

/** The first field that is out of its range, if any. */
export function checkCardMemory(cells: Readonly<Uint8Array>): string | undefined {
  const constants = CARD_CONSTANTS.decodeAt(cells, CONSTANTS_ADDRESS);
  const access = CARD_ACCESS.decodeAt(cells, ACCESS_ADDRESS);
  const state = CARD_STATE.decodeAt(cells, STATE_ADDRESS);
  const ranges: readonly (readonly [string, boolean])[] = [
    ['algorithmId', suiteByAlgorithm(constants.algorithmId) !== undefined],
    ['lifeCycle', LIFE_CYCLES.includes(access.lifeCycle)],
    ['pinLength', access.pinLength <= PIN_SIZE_MAX],
    ['pinTriesLeft', access.pinTriesLeft <= constants.pinTriesMax],
    ['logNext', state.logNext < FILES.ef18.records],
    ['logCount', state.logCount <= FILES.ef18.records],
    ['tripNext', state.tripNext < FILES.ef1e.records],
    ['tripCount', state.tripCount <= FILES.ef1e.records],
  ];
  return ranges.find(([, isInRange]) => !isInRange)?.[0];
}
