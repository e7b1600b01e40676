// SPDX-License-Identifier: MIT
import { DEFAULT_PIN } from '../../card-applet-sim/personalise/personalise-card.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { Secret } from '../../src/crypto/secret.ts';

/** The PIN that cards are issued with; no holder of a simulation has changed it. */
export const PIN = new Secret(fromHex(DEFAULT_PIN));
