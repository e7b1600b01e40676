// SPDX-License-Identifier: MIT
import type { Actor } from '../../host/access/actor.ts';

/** Who has the folder: may do what an operator may, and approves nothing. */
export const CONSOLE: Actor = { name: 'console', role: 'operator', merchant: null };
