// SPDX-License-Identifier: MIT
/** A world of real parts in one process: one host, its terminals and its cards, on virtual time. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { VirtualCard } from '../../card-applet-sim/card/virtual-card.ts';
import { VirtualPsam } from '../../card-applet-sim/psam/virtual-psam.ts';
import type { Tear } from '../../card-applet-sim/memory/non-volatile-memory.ts';
import { openInProcess } from '../../card-applet-sim/transport/in-process.ts';
import { ClearingHost } from '../../host/host.ts';
import type { IssuerKeys } from '../../host/keys/key-store.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { uintBytes } from '../../src/bytes/integer.ts';
import { ed25519PublicKey } from '../../src/crypto/ed25519.ts';
import { Secret } from '../../src/crypto/secret.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import type { Instant } from '../../src/time/instant.ts';
import { parseTerminalConfig, type TransitConfig } from '../../terminal/config.ts';
import { MemoryJournal } from '../../terminal/journal/memory-journal.ts';
import { Terminal } from '../../terminal/terminal.ts';
import { ISSUER_ID, issueCard, issuePsam } from './issuing.ts';
import { KeyCupboard } from './key-cupboard.ts';
import type { SeededRandom } from './seeded-random.ts';
import { tearOnCommit } from './tear-on-commit.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface WorldOptions {
  /** Where the host keeps its database; the caller removes it. */
  readonly directory: string;
  readonly random: SeededRandom;
  readonly currency: CurrencyCode;
  readonly utcOffsetMinutes: number;
  readonly start: Instant;
}

/** A card in somebody's pocket. */
export interface WorldCard {
  readonly serial: string;
  readonly suite: SuiteName;
  readonly device: VirtualCard;
}

/** The gates' policy of a simulated operator. */
export const TRANSIT: Partial<TransitConfig> = {
  city: '0040',
  institution: toHex(ISSUER_ID),
  industry: 'metro',
};

/** Terminals are numbered from here: 12 hexadecimal digits. */
const FIRST_TERMINAL = 0x100000000001;

export class World {
  readonly clock: VirtualClock;
  readonly host: ClearingHost;
  readonly keys: IssuerKeys;
  readonly cards: WorldCard[] = [];
  readonly terminals: Terminal[] = [];
  readonly #options: WorldOptions;

  private constructor(
    options: WorldOptions,
    host: ClearingHost,
    keys: IssuerKeys,
    clock: VirtualClock,
  ) {
    this.#options = options;
    this.host = host;
    this.keys = keys;
    this.clock = clock;
  }

  /** Opens a world with fresh issuer keys of its seed. */
  static async create(options: WorldOptions): Promise<World> {
    mkdirSync(options.directory, { recursive: true });
    const clock = new VirtualClock(options.start);
    const { keys } = new KeyCupboard(options.directory, options.random.fork());
    const { currency, utcOffsetMinutes } = options;
    const directory = join(options.directory, 'host');
    const host = await ClearingHost.open({
      directory,
      keys,
      clock,
      currency,
      utcOffsetMinutes,
      workers: 0,
      durability: 'none',
    });
    return new World(options, host, keys, clock);
  }

  /** Personalises a card and registers it with the host. */
  async addCard(suite: SuiteName): Promise<WorldCard> {
    const serial = (this.cards.length + 1).toString().padStart(20, '0');
    const memory = issueCard(this.keys, { serial, suite, keyVersion: 1 });
    const device = new VirtualCard(memory, this.#options.random.fork());
    await this.host.registerCard({ serial, suite, keyVersion: 1 });
    const card = { serial, suite, device };
    this.cards.push(card);
    return card;
  }

  /** Sets up a terminal with a SAM of its own and enrols it. */
  async addTerminal(merchantId: string, place: string, isGate: boolean): Promise<Terminal> {
    const { currency, utcOffsetMinutes, random } = this.#options;
    const id = uintBytes(FIRST_TERMINAL + this.terminals.length, 6);
    const seed = random.bytes(32);
    const config = parseTerminalConfig({
      terminalId: toHex(id),
      merchantId,
      currency,
      utcOffsetMinutes,
      place,
      ...(isGate ? { transit: TRANSIT } : {}),
    });
    const sam = new VirtualPsam(issuePsam(this.keys, id));
    this.host.enrol({
      terminalId: config.terminalId,
      merchant: merchantId,
      publicKey: ed25519PublicKey(seed),
    });
    const terminal = await Terminal.open({
      config,
      journal: new MemoryJournal(),
      clock: this.clock,
      samChannel: openInProcess(sam),
      signingSeed: new Secret(seed),
      hostPublicKey: this.host.publicKey,
    });
    this.terminals.push(terminal);
    return terminal;
  }

  /** Presents a card; with a tear it leaves the field while it commits. */
  present(card: WorldCard, tear?: Tear): CardChannel {
    const channel = openInProcess(card.device);
    return tear === undefined ? channel : tearOnCommit(channel, card.device, tear);
  }

  async close(): Promise<void> {
    await this.host.close();
  }
}
