// SPDX-License-Identifier: MIT
/** The crypto suites by name and by the algorithm identifier that INITIALIZE returns. SM4 (04) is reserved. */
import { AES_SUITE } from './suite-aes.ts';
import { TDES_SUITE } from './suite-tdes.ts';
import type { PurseSuite, SuiteName } from './suite.ts';

/** The suites by name. */
export const SUITES: Readonly<Record<SuiteName, PurseSuite>> = { tdes: TDES_SUITE, aes: AES_SUITE };

/** The suite of an algorithm identifier, or undefined when none is built. */
export function suiteByAlgorithm(algorithmId: number): PurseSuite | undefined {
  if (algorithmId === AES_SUITE.algorithmId) return AES_SUITE;
  return algorithmId === TDES_SUITE.algorithmId ? TDES_SUITE : undefined;
}
