// SPDX-License-Identifier: MIT
import type { Instant } from '../time/instant.ts';

/** Where time comes from: the system in the product, a seeded world in the simulation. */
export interface Clock {
  now(): Instant;
}
