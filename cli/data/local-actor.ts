// SPDX-License-Identifier: MIT
import { userInfo } from 'node:os';
import type { Actor } from '../../host/access/actor.ts';

/** Who works at this machine: OPENPURSE_ACTOR, else the user of the operating system. */
export function localActor(): Actor {
  const given = process.env['OPENPURSE_ACTOR'];
  const name = given === undefined || given === '' ? userInfo().username : given;
  return { name, role: 'operator', merchant: null };
}
