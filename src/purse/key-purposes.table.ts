// SPDX-License-Identifier: MIT
/**
 * The keys of a card by purpose. Sources: DPK, DLK, … after PBOC part 2, annex B; `aes` is the purpose
 * byte of the AES suite (docs/protocol.md, Two crypto suites), where one maintenance key serves all
 * administrative commands; `fmcos` is the key-type byte of FMCOS test cards.
 */
export const KEY_PURPOSES = {
  purchase: {
    aes: 0x01,
    fmcos: 0x3e,
    name: 'DPK',
    meaning: 'purchase, cash withdrawal, composite purchase',
  },
  load: { aes: 0x02, fmcos: 0x3f, name: 'DLK', meaning: 'load' },
  tac: { aes: 0x03, fmcos: 0x34, name: 'DTK', meaning: 'transaction authentication code' },
  unload: { aes: 0x04, fmcos: 0x3d, name: 'DULK', meaning: 'unload' },
  limit: { aes: 0x05, fmcos: 0x3c, name: 'DUK', meaning: 'update of the overdraft limit' },
  maintenance: { aes: 0x06, fmcos: 0x36, name: 'DAMK', meaning: 'secure messaging on files' },
  externalAuthentication: {
    aes: 0x06,
    fmcos: 0x39,
    name: 'DCCK',
    meaning: 'EXTERNAL AUTHENTICATE',
  },
  internalAuthentication: {
    aes: 0x06,
    fmcos: 0x34,
    name: 'DIAK',
    meaning: 'INTERNAL AUTHENTICATE',
  },
  pinUnblock: { aes: 0x06, fmcos: 0x37, name: 'DPUK', meaning: 'PIN UNBLOCK' },
  pinReload: { aes: 0x06, fmcos: 0x38, name: 'DPRK', meaning: 'RELOAD PIN' },
  applicationBlock: {
    aes: 0x06,
    fmcos: 0x32,
    name: 'DABK',
    meaning: 'APPLICATION BLOCK, CARD BLOCK',
  },
  applicationUnblock: { aes: 0x06, fmcos: 0x32, name: 'DAUK', meaning: 'APPLICATION UNBLOCK' },
} as const satisfies Record<string, { aes: number; fmcos: number; name: string; meaning: string }>;

/** What a key is for. */
export type KeyPurpose = keyof typeof KEY_PURPOSES;

/** Every purpose, in the order of the table. */
// Object.keys loses the literal type; the keys are the table's.
export const KEY_PURPOSE_NAMES = Object.freeze(Object.keys(KEY_PURPOSES)) as readonly KeyPurpose[];
