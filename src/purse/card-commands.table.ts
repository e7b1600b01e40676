// SPDX-License-Identifier: MIT
/**
 * The file, security and life-cycle commands of the card, in INS order. Sources: ISO/IEC 7816-4 (SELECT,
 * READ, UPDATE, APPEND, GET CHALLENGE, AUTHENTICATE, VERIFY), PBOC part 2, 5.2 (the rest), as the field
 * does it: docs/protocol.md, File and security commands. `claSecured` is the class byte with a MAC.
 */
export interface CardCommandRow {
  readonly cla: number | null;
  readonly claSecured: number | null;
  readonly ins: number;
  /** `null`: any value, it selects a file, a record, a key or an offset. */
  readonly p1: number | null;
  readonly p2: number | null;
  readonly title: string;
  readonly source: string;
}

/** The commands by name, in INS order. */
export const CARD_COMMANDS = {
  cardBlock: {
    cla: null,
    claSecured: 0x84,
    ins: 0x16,
    p1: 0x00,
    p2: 0x00,
    title: 'CARD BLOCK',
    source: 'PBOC 2, 5.2',
  },
  applicationUnblock: {
    cla: null,
    claSecured: 0x84,
    ins: 0x18,
    p1: 0x00,
    p2: 0x00,
    title: 'APPLICATION UNBLOCK',
    source: 'PBOC 2, 5.2',
  },
  applicationBlock: {
    cla: null,
    claSecured: 0x84,
    ins: 0x1e,
    p1: 0x00,
    p2: null,
    title: 'APPLICATION BLOCK',
    source: 'PBOC 2, 5.2; P2 00 temporary, 01 permanent',
  },
  verify: {
    cla: 0x00,
    claSecured: null,
    ins: 0x20,
    p1: 0x00,
    p2: 0x00,
    title: 'VERIFY',
    source: 'ISO/IEC 7816-4, 11.6.6',
  },
  pinUnblock: {
    cla: null,
    claSecured: 0x84,
    ins: 0x24,
    p1: 0x00,
    p2: null,
    title: 'PIN UNBLOCK',
    source: 'PBOC 2, 5.2; P2 00 or 01',
  },
  changePin: {
    cla: 0x80,
    claSecured: null,
    ins: 0x5e,
    p1: 0x01,
    p2: 0x00,
    title: 'CHANGE PIN',
    source: 'PBOC 2, 5.2.2',
  },
  reloadPin: {
    cla: 0x80,
    claSecured: null,
    ins: 0x5e,
    p1: 0x00,
    p2: 0x00,
    title: 'RELOAD PIN',
    source: 'PBOC 2, 5.2',
  },
  externalAuthenticate: {
    cla: 0x00,
    claSecured: null,
    ins: 0x82,
    p1: 0x00,
    p2: null,
    title: 'EXTERNAL AUTHENTICATE',
    source: 'ISO/IEC 7816-4, 11.6.4; P2 key number',
  },
  getChallenge: {
    cla: 0x00,
    claSecured: null,
    ins: 0x84,
    p1: 0x00,
    p2: 0x00,
    title: 'GET CHALLENGE',
    source: 'ISO/IEC 7816-4, 11.6.3',
  },
  internalAuthenticate: {
    cla: 0x00,
    claSecured: null,
    ins: 0x88,
    p1: 0x00,
    p2: null,
    title: 'INTERNAL AUTHENTICATE',
    source: 'ISO/IEC 7816-4, 11.6.2; P2 key number',
  },
  select: {
    cla: 0x00,
    claSecured: null,
    ins: 0xa4,
    p1: null,
    p2: null,
    title: 'SELECT',
    source: 'ISO/IEC 7816-4, 11.2.2; P1 00 by FID, 04 by name',
  },
  readBinary: {
    cla: 0x00,
    claSecured: 0x04,
    ins: 0xb0,
    p1: null,
    p2: null,
    title: 'READ BINARY',
    source: 'ISO/IEC 7816-4, 11.3.3; P1 80|SFI',
  },
  readRecord: {
    cla: 0x00,
    claSecured: 0x04,
    ins: 0xb2,
    p1: null,
    p2: null,
    title: 'READ RECORD',
    source: 'ISO/IEC 7816-4, 11.4.3; P2 SFI<<3|4',
  },
  getResponse: {
    cla: 0x00,
    claSecured: null,
    ins: 0xc0,
    p1: 0x00,
    p2: 0x00,
    title: 'GET RESPONSE',
    source: 'ISO/IEC 7816-4, 11.7.1',
  },
  updateBinary: {
    cla: 0x00,
    claSecured: 0x04,
    ins: 0xd6,
    p1: null,
    p2: null,
    title: 'UPDATE BINARY',
    source: 'ISO/IEC 7816-4, 11.3.5; P1 80|SFI',
  },
  updateRecord: {
    cla: 0x00,
    claSecured: 0x04,
    ins: 0xdc,
    p1: null,
    p2: null,
    title: 'UPDATE RECORD',
    source: 'ISO/IEC 7816-4, 11.4.5; P2 SFI<<3|4',
  },
  appendRecord: {
    cla: 0x00,
    claSecured: 0x04,
    ins: 0xe2,
    p1: 0x00,
    p2: null,
    title: 'APPEND RECORD',
    source: 'ISO/IEC 7816-4, 11.4.6; P2 SFI<<3',
  },
} as const satisfies Record<string, CardCommandRow>;

/** The name of a card command. */
export type CardCommandName = keyof typeof CARD_COMMANDS;
