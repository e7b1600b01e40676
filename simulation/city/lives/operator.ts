// SPDX-License-Identifier: MIT
import type { Actor } from '../../../host/access/actor.ts';

/** Whoever works at the host. */
export const OPERATOR: Actor = { name: 'city operator', role: 'operator', merchant: null };
