// SPDX-License-Identifier: MIT
/** One terminal with its SAM, journal, clock, signing key and link. What stands at a place may be another one tomorrow. */
import { openInProcess } from '../../../card-applet-sim/transport/in-process.ts';
import { VirtualPsam } from '../../../card-applet-sim/psam/virtual-psam.ts';
import type { IssuerKeys } from '../../../host/keys/key-store.ts';
import { fromHex } from '../../../src/bytes/hex.ts';
import { Secret } from '../../../src/crypto/secret.ts';
import type { Journal } from '../../../terminal/journal/journal.ts';
import type { TerminalConfig } from '../../../terminal/config.ts';
import { Terminal } from '../../../terminal/terminal.ts';
import { issuePsam } from '../../world/issuing.ts';
import type { TerminalClock } from '../engine/city-clock.ts';
import type { FaultName } from '../faults/faults.table.ts';
import type { CityLink } from './city-link.ts';
import { PowerCutJournal, PowerSwitch } from './power-cut-journal.ts';

export interface UnitParts {
  readonly config: TerminalConfig;
  readonly keys: IssuerKeys;
  /** Ed25519 seed, 32 bytes. */
  readonly seed: Uint8Array;
  readonly clock: TerminalClock;
  readonly hostPublicKey: Uint8Array;
  readonly link: CityLink;
}

export class TerminalUnit {
  readonly id: string;
  readonly power: PowerSwitch;
  readonly parts: UnitParts;
  /** What befell it: every card that comes here after that has to do with it. */
  readonly faults = new Set<FaultName>();
  readonly #sam: VirtualPsam;
  #journal: Journal;
  #terminal: Terminal;

  private constructor(parts: UnitParts, sam: VirtualPsam, opened: Opened) {
    this.id = parts.config.terminalId;
    this.parts = parts;
    this.#sam = sam;
    this.#journal = opened.journal;
    this.#terminal = opened.terminal;
    this.power = opened.power;
  }

  static async create(parts: UnitParts): Promise<TerminalUnit> {
    const sam = new VirtualPsam(issuePsam(parts.keys, fromHex(parts.config.terminalId)));
    return new TerminalUnit(parts, sam, await open(parts, sam, new PowerSwitch()));
  }

  get terminal(): Terminal {
    return this.#terminal;
  }

  get journal(): Journal {
    return this.#journal;
  }

  get clock(): TerminalClock {
    return this.parts.clock;
  }

  get link(): CityLink {
    return this.parts.link;
  }

  get merchant(): string {
    return this.parts.config.merchantId;
  }

  /** Power is back: the same journal and SAM, and nothing of what was in memory. */
  async reboot(): Promise<void> {
    this.power.place(undefined);
    this.#terminal = await openTerminal(this.parts, this.#sam, this.#journal);
  }

  /** The journal is gone; SAM, key and configuration are not. */
  async reset(): Promise<void> {
    const opened = await open(this.parts, this.#sam, this.power);
    this.#journal = opened.journal;
    this.#terminal = opened.terminal;
  }
}

interface Opened {
  readonly power: PowerSwitch;
  readonly journal: Journal;
  readonly terminal: Terminal;
}

/** With an empty journal. */
async function open(parts: UnitParts, sam: VirtualPsam, power: PowerSwitch): Promise<Opened> {
  const journal = new PowerCutJournal(power);
  return { power, journal, terminal: await openTerminal(parts, sam, journal) };
}

function openTerminal(parts: UnitParts, sam: VirtualPsam, journal: Journal): Promise<Terminal> {
  const { config, clock, hostPublicKey, seed } = parts;
  return Terminal.open({
    config,
    journal,
    clock,
    samChannel: openInProcess(sam),
    signingSeed: new Secret(seed),
    hostPublicKey,
  });
}
