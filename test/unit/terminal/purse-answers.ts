// SPDX-License-Identifier: MIT
/** What an AES purse answers: INITIALIZE with a counter, EF15 with a serial number. */
import { SW } from '../../../src/iso7816/status-words.table.ts';
import {
  INITIALIZE_OFFLINE_REPLY,
  INITIALIZE_ONLINE_REPLY,
} from '../../../src/purse/command-layouts.ts';
import { PUBLIC_DATA } from '../../../src/purse/file-layouts.ts';
import { serialNumberBytes } from '../../../src/purse/serial-number.ts';
import type { FlowEvent } from '../../../terminal/flow/effects.ts';
import { answered, money } from './machine-cells.ts';

export const offline = (offlineCounter: number): FlowEvent =>
  answered(
    SW.SUCCESS,
    INITIALIZE_OFFLINE_REPLY.aes.encode({
      balance: money(10_000),
      offlineCounter,
      overdraftLimit: 0,
      keyVersion: 1,
      algorithmId: 0x88,
      cardRandom: new Uint8Array(8),
    }),
  );
export const online = (onlineCounter: number): FlowEvent =>
  answered(
    SW.SUCCESS,
    INITIALIZE_ONLINE_REPLY.aes.encode({
      balance: money(10_000),
      onlineCounter,
      keyVersion: 1,
      algorithmId: 0x88,
      cardRandom: new Uint8Array(8),
      mac1: new Uint8Array(8),
    }),
  );

export const ef15 = (serial: string): FlowEvent =>
  answered(
    SW.SUCCESS,
    PUBLIC_DATA.encode({
      issuerId: new Uint8Array(8),
      applicationType: 1,
      applicationVersion: 1,
      applicationSerialNumber: serialNumberBytes(serial),
      startDate: '20200101',
      expiryDate: '20391231',
      issuerFci: new Uint8Array(2),
    }),
  );
