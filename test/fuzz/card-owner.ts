// SPDX-License-Identifier: MIT
/**
 * Who has the keys of a card: watches a session and says which MAC a command must end with. It makes the
 * MACs of `>mac` steps, and judges whether a command that was carried out was allowed to be. MACs come of
 * the slow oracle; only the place where a command has its MAC is known here.
 */
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import type { KeyPurpose } from '../../src/purse/key-purposes.table.ts';
import { KEY, MAC_SIZE } from '../unit/card/card-fixtures.ts';
import {
  encipher,
  pinReloadMac,
  secureMessagingMac,
  session,
  type Session,
  type Suite,
} from '../unit/card/oracle.ts';

interface Command {
  /** CLA to P2, in hexadecimal, as the rest. */
  readonly header: string;
  readonly data: string;
  /** Where the data end in the command. */
  readonly end: number;
}

/** Header and data of a command with data, short or extended; undefined for any other. */
function commandOf(bytes: Uint8Array): Command | undefined {
  const isExtended = bytes.length > 7 && bytes[4] === 0;
  const start = isExtended ? 7 : 5;
  const lc = isExtended ? ((bytes[5] ?? 0) << 8) | (bytes[6] ?? 0) : (bytes[4] ?? 0);
  if (lc === 0 || bytes.length < start + lc) return undefined;
  return {
    header: toHex(bytes.slice(0, 4)),
    data: toHex(bytes.slice(start, start + lc)),
    end: start + lc,
  };
}

/** What the last INITIALIZE asked for and was answered. */
interface Initialized {
  readonly session: Session;
  readonly type: string;
  readonly account: 'depositBalance' | 'purseBalance';
  /** Four bytes; none for a new limit. */
  readonly amount: string;
  readonly terminal: string;
  readonly reply: string;
}

const KINDS: Readonly<Record<string, { session: Session; types: readonly [string, string] }>> = {
  '805000': { session: 'load', types: ['01', '02'] },
  '805001': { session: 'purchase', types: ['05', '06'] },
  '805002': { session: 'purchase', types: ['04', '04'] },
  '805003': { session: 'purchase', types: ['09', '09'] },
  '805004': { session: 'limit', types: ['07', '07'] },
  '805005': { session: 'unload', types: ['03', '03'] },
};

/** The command that ends each session, and the digits of its data without the MAC. */
const COMMITS: Readonly<Record<Session, { readonly header: string; readonly digits: number }>> = {
  load: { header: '80520000', digits: 14 },
  purchase: { header: '80540100', digits: 22 },
  limit: { header: '80580000', digits: 20 },
  unload: { header: '80540300', digits: 14 },
};

const BLOCK_DIGITS = { aes: 32, tdes: 16 } as const;
/** The keys of the commands of class 84. */
const SECURED: Readonly<Record<string, KeyPurpose>> = {
  '16': 'applicationBlock',
  '18': 'applicationUnblock',
  '1E': 'applicationBlock',
  '24': 'pinUnblock',
};

export class CardOwner {
  readonly #suite: Suite;
  #initialized: Initialized | undefined;
  #challenge = '';
  /** The last signed command of each header. */
  readonly #signed = new Map<string, Uint8Array>();

  constructor(suite: Suite) {
    this.#suite = suite;
  }

  /** The last INITIALIZE that the card took. */
  get initialized(): Initialized | undefined {
    return this.#initialized;
  }

  /** Notes what a command that was carried out leaves behind. */
  watch(bytes: Uint8Array, response: string): void {
    const reply = response.slice(0, -4);
    const header = toHex(bytes.slice(0, 4));
    if (/^(?:[08]4|0082)/.test(header)) this.#challenge = '';
    if (header === '00840000') this.#challenge = reply;
    // A commit is made once: the MACs of a session are worth nothing after it.
    if (/^80(?:52|54|58)/.test(header)) this.#initialized = undefined;
    const kind = KINDS[header.slice(0, 6)];
    const command = commandOf(bytes);
    if (kind === undefined || command === undefined) return;
    const isDeposit = header.slice(6) === '01';
    const isLimit = kind.session === 'limit';
    this.#initialized = {
      session: kind.session,
      type: kind.types[isDeposit ? 0 : 1],
      account:
        isDeposit || isLimit || kind.session === 'unload' ? 'depositBalance' : 'purseBalance',
      amount: isLimit ? '' : command.data.slice(2, 10),
      terminal: command.data.slice(-12),
      reply,
    };
  }

  /** The card has lost its power, and with it challenge and INITIALIZE. */
  forget(): void {
    this.#initialized = undefined;
    this.#challenge = '';
  }

  /** The command with the MAC that it must have, where it has one and there is room for it. */
  signed(bytes: Uint8Array): Uint8Array {
    const command = commandOf(bytes);
    const mac = this.#macOf(command);
    const header = toHex(bytes.slice(0, 4));
    // Where there is nothing to sign, what was signed last is played again, as a thief of it would.
    if (command === undefined || mac === undefined) return this.#signed.get(header) ?? bytes;
    const signed = bytes.slice();
    signed.set(fromHex(mac), command.end - mac.length / 2);
    this.#signed.set(header, signed);
    return signed;
  }

  /** Whether a command ends with the MAC that its key gives now; undefined where it needs none. */
  hasRightMac(bytes: Uint8Array): boolean | undefined {
    const command = commandOf(bytes);
    if (command === undefined || !needsMac(command)) return undefined;
    const mac = this.#macOf(command);
    return mac !== undefined && command.data.endsWith(mac);
  }

  /** The MAC of a command; undefined where it has none, or none would be right. */
  #macOf(command: Command | undefined): string | undefined {
    if (command === undefined || !needsMac(command)) return undefined;
    const { header, data } = command;
    const isAuthentication = header.startsWith('0082');
    const digits = isAuthentication ? BLOCK_DIGITS[this.#suite] : 2 * MAC_SIZE[this.#suite];
    if (data.length < digits) return undefined;
    const plain = data.slice(0, data.length - digits);
    if (header === '805E0000') return pinReloadMac(this.#suite, KEY.pinReload, plain);
    if (header.startsWith('80')) return this.#commitMac(header, plain);
    // All that is left is bound to a challenge.
    if (this.#challenge === '') return undefined;
    if (isAuthentication) {
      const block = this.#challenge.padEnd(digits, '0');
      return encipher(this.#suite, KEY.externalAuthentication, block);
    }
    const lc = (data.length / 2).toString(16).toUpperCase().padStart(2, '0');
    const key = KEY[SECURED[header.slice(2, 4)] ?? 'maintenance'];
    return secureMessagingMac(this.#suite, key, this.#challenge, header + lc + plain);
  }

  #commitMac(header: string, plain: string): string | undefined {
    const initialized = this.#initialized;
    const row = initialized === undefined ? undefined : COMMITS[initialized.session];
    if (initialized === undefined || header !== row?.header) return undefined;
    if (plain.length !== row.digits) return undefined;
    const { session: kind, amount, type, terminal, reply } = initialized;
    const counter = reply.slice(8, 12);
    if (kind === 'purchase') {
      const fresh = { random: reply.slice(22), counter, terminalCounter: plain.slice(0, 8) };
      const mac = session(this.#suite, KEY.purchase, 'purchase', fresh);
      return mac(amount + type + terminal + plain.slice(8));
    }
    const macDigits = 2 * MAC_SIZE[this.#suite];
    const random = reply.slice(kind === 'limit' ? 22 : 16, reply.length - macDigits);
    const mac = session(this.#suite, KEY[kind], kind, { random, counter });
    const [asked, dateTime] = [kind === 'limit' ? plain.slice(0, 6) : amount, plain.slice(-14)];
    return mac(asked + type + terminal + dateTime);
  }
}

/** Commands that move money, are secured, or authenticate. */
function needsMac({ header }: Command): boolean {
  return /^(?:[08]4|8052|8054|8058|805E0000|0082)/.test(header);
}
