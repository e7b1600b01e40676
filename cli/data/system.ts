// SPDX-License-Identifier: MIT
/** The real clock and the real randomness. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../src/ports/clock.ts';
import type { RandomSource } from '../../src/ports/random.ts';
import { instant } from '../../src/time/instant.ts';

export const SYSTEM_CLOCK: Clock = { now: () => instant(Date.now()) };

export const SYSTEM_RANDOM: RandomSource = {
  bytes: (length) => Uint8Array.from(randomBytes(length)),
};
