// SPDX-License-Identifier: MIT
import { SW } from '../../../src/iso7816/status-words.table.ts';
import { LOST } from '../../../terminal/card/exchange.ts';
import {
  BLOCK_MACHINE,
  type BlockEvent,
  type BlockState,
} from '../../../terminal/flow/block.machine.ts';
import { answered, tryEveryCell } from './machine-cells.ts';

const CHALLENGE = new Uint8Array(8).fill(7);
const MAC_GIVEN: BlockEvent = { kind: 'macGiven', mac: '0102030405060708' };
const hostFailed = (reason: 'hostRefused' | 'hostUnreachable'): BlockEvent => ({
  kind: 'hostFailed',
  reason,
  message: 'why',
});

const challenging: BlockState = { kind: 'challenging', suite: 'aes' };
const authorising: BlockState = { kind: 'authorising', suite: 'aes' };
const blocking: BlockState = { kind: 'blocking' };
const done: BlockState = { kind: 'done' };

const ends = (kind: string, detail?: string): object => ({
  kind: 'finish',
  outcome: { kind, ...(detail === undefined ? {} : { detail }) },
});

tryEveryCell(
  BLOCK_MACHINE,
  {
    states: [challenging, authorising, blocking, done],
    events: [answered(SW.SUCCESS), LOST, MAC_GIVEN, hostFailed('hostRefused')],
  },
  [
    {
      name: 'the challenge goes to the host',
      state: challenging,
      event: answered(SW.SUCCESS, CHALLENGE),
      next: 'authorising',
      effect: { kind: 'askMac', challenge: CHALLENGE },
    },
    {
      name: 'a challenge of another size ends it',
      state: challenging,
      event: answered(SW.SUCCESS, CHALLENGE.slice(1)),
      next: 'done',
      effect: ends('failed'),
    },
    {
      name: 'a card that refuses ends it, with its word',
      state: challenging,
      event: answered(SW.INS_NOT_SUPPORTED),
      next: 'done',
      effect: ends('failed', 'the card said 6D00: instruction not supported'),
    },
    {
      name: 'a card that left waits',
      state: challenging,
      event: LOST,
      next: 'done',
      effect: ends('waiting', 'the card left'),
    },
    {
      name: 'the MAC goes to the card',
      state: authorising,
      event: MAC_GIVEN,
      next: 'blocking',
      effect: {
        kind: 'card',
        command: Uint8Array.of(0x84, 0x1e, 0x00, 0x00, 8, 1, 2, 3, 4, 5, 6, 7, 8),
      },
    },
    {
      name: 'a MAC of another suite does not',
      state: authorising,
      event: { kind: 'macGiven', mac: '01020304' },
      next: 'done',
      effect: ends('failed'),
    },
    {
      name: 'what is no MAC does not',
      state: authorising,
      event: { kind: 'macGiven', mac: 'zz' },
      next: 'done',
      effect: ends('failed'),
    },
    {
      name: 'a host that refuses ends it',
      state: authorising,
      event: hostFailed('hostRefused'),
      next: 'done',
      effect: ends('failed', 'why'),
    },
    {
      name: 'a host that is silent waits',
      state: authorising,
      event: hostFailed('hostUnreachable'),
      next: 'done',
      effect: ends('waiting', 'why'),
    },
    {
      name: 'the card has done it',
      state: blocking,
      event: answered(SW.SUCCESS),
      next: 'done',
      effect: ends('done'),
    },
    {
      name: 'the card refused the MAC',
      state: blocking,
      event: answered(SW.SECURE_MESSAGING_WRONG),
      next: 'done',
      effect: ends('failed'),
    },
    {
      name: 'no answer may be a block or none: it waits',
      state: blocking,
      event: LOST,
      next: 'done',
      effect: ends('waiting'),
    },
  ],
);
