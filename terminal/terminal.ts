// SPDX-License-Identifier: MIT
/**
 * A terminal: one configuration, one SAM, one journal, and the things one can do with a card. Outcomes
 * are values (flow/outcome.ts); a fault is thrown where the terminal itself, its SAM or its disk is broken.
 * Taps of one terminal come one after the other; a second one while the first is under way waits.
 */
import { fromHex, toHex } from '../src/bytes/hex.ts';
import { checkHotlist } from '../src/clearing/hotlist.ts';
import type { BatchLink, Hotlist, MessageLink } from '../src/clearing/messages.ts';
import type { CardAction } from '../src/clearing/sync-messages.ts';
import type { ParameterLimits } from '../src/clearing/parameters.ts';
import {
  signRequest,
  type RequestTarget,
  type SignatureHeaders,
} from '../src/clearing/signed-request.ts';
import { ED25519_KEY_SIZE } from '../src/crypto/ed25519.ts';
import type { Secret } from '../src/crypto/secret.ts';
import { Fault } from '../src/errors/fault.ts';
import type { Station } from '../src/gtfs/model.ts';
import { amount, type Amount } from '../src/money/amount.ts';
import { CURRENCIES } from '../src/money/currencies.table.ts';
import type { CardChannel } from '../src/ports/card-channel.ts';
import type { Clock } from '../src/ports/clock.ts';
import { INDUSTRY } from '../src/purse/file-layouts.ts';
import { Batches, type AckOutcome, type SealedBatch, type UploadOptions } from './batch/batches.ts';
import { readCard, type ReadOutcome } from './card/read-card.ts';
import { ApplicationSelector } from './card/select.ts';
import type { TerminalConfig } from './config.ts';
import { runActions, type ActionsOfTap, type ActionsOutcome } from './flow/actions.ts';
import type { FlowContext } from './flow/context.ts';
import { runGate, runRecovery, runSale, type GateRequest } from './flow/flows.ts';
import { runLoad, type LoadRequestOfTap } from './flow/load.ts';
import type { OfflineLimits } from './flow/limits.ts';
import { declined, type TapOutcome } from './flow/outcome.ts';
import { Stamper } from './flow/stamp.ts';
import type { HotlistState, Journal } from './journal/journal.ts';
import { openPurchaseSam } from './sam/purchase-sam.ts';
import { AdjustedClock } from './sync/adjusted-clock.ts';
import { SyncMemory } from './sync/sync-state.ts';
import { Synchroniser, type SyncOutcome } from './sync/synchronise.ts';
import type { TransitNetwork } from './transit/network.ts';

/** What a terminal is made of. */
export interface TerminalParts {
  /** From `parseTerminalConfig`. */
  readonly config: TerminalConfig;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly samChannel: CardChannel;
  /** Ed25519 seed of 32 bytes. */
  readonly signingSeed: Secret;
  /** Ed25519 public key of the host, 32 bytes: acknowledgements are its licence to erase. */
  readonly hostPublicKey: Uint8Array;
}

/** Where a gate stands. */
export interface GatePlace {
  readonly network: TransitNetwork;
  readonly station: Station;
}

/** What a terminal makes for itself. */
interface OwnParts {
  readonly memory: SyncMemory;
  readonly clock: AdjustedClock;
}

const TERMINAL_ID_SETTING = 'terminalId';

export class Terminal {
  readonly config: TerminalConfig;
  readonly journal: Journal;
  readonly #context: FlowContext;
  readonly #batches: Batches;
  readonly #memory: SyncMemory;
  readonly #sync: Synchroniser;
  readonly #signer: Pick<TerminalParts, 'clock' | 'signingSeed'>;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  private constructor(parts: TerminalParts, context: FlowContext, own: OwnParts) {
    const { config, journal, signingSeed, hostPublicKey } = parts;
    const { terminalId, serial: samSerial } = context.sam;
    const { memory, clock } = own;
    this.config = config;
    this.journal = journal;
    this.#context = context;
    this.#memory = memory;
    this.#sync = new Synchroniser({
      journal,
      memory,
      clock,
      terminalId,
      samSerial,
      signingSeed,
      hostPublicKey,
    });
    this.#signer = { clock, signingSeed };
    this.#batches = new Batches(journal, clock, {
      terminalId,
      samSerial,
      currencyNumber: CURRENCIES[config.currency].number,
      utcOffsetMinutes: config.utcOffsetMinutes,
      get configVersion() {
        return memory.state.parameters?.version ?? config.version;
      },
      signingSeed,
      hostPublicKey,
    });
  }

  /**
   * Opens the SAM and checks that SAM, journal and configuration are of one terminal.
   * @throws SAM_UNUSABLE; CONFIG_INVALID naming the field.
   */
  static async open(parts: TerminalParts): Promise<Terminal> {
    const { config, journal, samChannel } = parts;
    checkKeys(parts);
    const aid = config.samAid === undefined ? undefined : fromHex(config.samAid);
    const sam = await openPurchaseSam(samChannel, aid);
    checkTerminalId(config.terminalId, toHex(sam.terminalId), 'in EF16 of the SAM');
    const bound = journal.setting(TERMINAL_ID_SETTING);
    if (bound === undefined) journal.storeSetting(TERMINAL_ID_SETTING, config.terminalId);
    else checkTerminalId(config.terminalId, bound, 'in the journal');
    const memory = new SyncMemory(journal);
    const clock = new AdjustedClock(parts.clock, memory.state.clockOffsetMs);
    const context: FlowContext = {
      journal,
      sam,
      selector: new ApplicationSelector(config.applications, config.selectionOrder),
      stamper: new Stamper(clock, config.utcOffsetMinutes),
      get limits() {
        const { parameters } = memory.state;
        return parameters === null ? config.limits : limitsOf(parameters.limits);
      },
      place: config.place,
      levels: config.diversificationLevels,
      utcOffsetMinutes: config.utcOffsetMinutes,
      transit: transitOf(config),
      samSession: { terminalCounter: undefined },
    };
    return new Terminal(parts, context, { memory, clock });
  }

  /** The headers that sign a request to the host; `nonce` is 16 fresh random bytes. */
  signRequest(nonce: Uint8Array, target: RequestTarget, body: Uint8Array): SignatureHeaders {
    const { clock, signingSeed } = this.#signer;
    const stamp = {
      terminalId: this.config.terminalId,
      createdSeconds: Math.floor(clock.now() / 1000),
      nonce: toHex(nonce),
    };
    return signRequest(signingSeed.reveal(), stamp, target, body);
  }

  /** Charges `amount` to the card in the field. */
  purchase(channel: CardChannel, amount: Amount): Promise<TapOutcome> {
    return this.#inService(() => runSale(this.#context, channel, amount));
  }

  /** Loads the card online. */
  load(channel: CardChannel, request: LoadRequestOfTap): Promise<TapOutcome> {
    return this.#inService(() => runLoad(this.#context, channel, request));
  }

  /** Finds out what became of an uncertain tap of this card, and charges nothing. */
  recover(channel: CardChannel): Promise<TapOutcome> {
    return this.#inTurn(() => runRecovery(this.#context, channel));
  }

  /** Balance, log and trips. */
  readCard(channel: CardChannel): Promise<ReadOutcome> {
    return this.#inTurn(() => readCard(channel, this.#context.selector));
  }

  /** Enters at a gate. @throws CONFIG_INVALID without `config.transit`. */
  gateEntry(channel: CardChannel, place: GatePlace): Promise<TapOutcome> {
    return this.#atGate(channel, { ...place, direction: 'entry' });
  }

  /** Leaves at a gate. @throws CONFIG_INVALID without `config.transit`. */
  gateExit(channel: CardChannel, place: GatePlace): Promise<TapOutcome> {
    return this.#atGate(channel, { ...place, direction: 'exit' });
  }

  /** Cuts and signs the next batch; undefined when there is nothing to send. */
  closeBatch(): SealedBatch | undefined {
    return this.#batches.close();
  }

  /** Writes a closed batch to a file. Returns its size in bytes. */
  writeBatch(number: number, path: string): number {
    return this.#batches.writeFile(number, path);
  }

  /** Sends a closed batch and applies the acknowledgement. @throws HOST_UNREACHABLE, HOST_REFUSED. */
  uploadBatch(number: number, link: BatchLink, options?: UploadOptions): Promise<AckOutcome> {
    return this.#batches.upload(number, link, options);
  }

  /** Numbers of the batches that were closed and not acknowledged, the oldest first. */
  openBatches(): readonly number[] {
    const closed = this.journal.batches().filter(({ state }) => state === 'closed');
    return closed.map(({ number }) => number);
  }

  /** Applies an acknowledgement that came as a file. @throws HOST_REFUSED when it is not the host's. */
  applyAck(signed: unknown): AckOutcome {
    return this.#batches.applyAck(signed);
  }

  /**
   * Takes a hotlist. The same version again renews its age.
   * @throws HOST_REFUSED on a damaged list or one older than the terminal's own.
   */
  updateHotlist(list: Hotlist): HotlistState {
    const held = this.journal.hotlist();
    checkHotlist(list);
    if (list.version < held.version) {
      const problem = `"hotlist.version" expected ${held.version} or more, got ${list.version}`;
      throw new Fault('HOST_REFUSED', problem);
    }
    this.journal.replaceHotlist(list, this.#context.stamper.stamp().at);
    return this.journal.hotlist();
  }

  /**
   * Brings terminal and host up to date: hotlist, parameters, actions, time, and what the host wants again.
   * @throws HOST_UNREACHABLE, HOST_REFUSED
   */
  sync(link: MessageLink): Promise<SyncOutcome> {
    return this.#inTurn(() => this.#sync.run(link));
  }

  /** Does with the card in the field what the host wants done with it. @throws LIMIT_EXCEEDED */
  performActions(channel: CardChannel, tap: ActionsOfTap): Promise<ActionsOutcome> {
    return this.#inTurn(() => runActions(this.#context, channel, this.#sync, tap));
  }

  /** Actions that wait at this terminal; those of one card when it is named. */
  openActions(serial?: string): readonly CardAction[] {
    return this.#sync.openActions(serial);
  }

  /** Texts for the holder of a card, each given out once: whoever takes them shows them. */
  takeMessages(serial: string): readonly string[] {
    const messages = this.openActions(serial)
      .filter(({ kind }) => kind === 'message')
      .slice(0, this.#sync.roomForResults);
    const { at: atMs } = this.#context.stamper.stamp();
    for (const { id: actionId } of messages) {
      this.#sync.keepResult({ actionId, outcome: 'done', detail: 'shown', atMs });
    }
    return messages.map(({ text }) => text);
  }

  #atGate(channel: CardChannel, request: GateRequest): Promise<TapOutcome> {
    return this.#inService(() => runGate(this.#context, channel, request));
  }

  /** A terminal that is lost or retired moves no money; what it has is still found out and sent. */
  #inService(work: () => Promise<TapOutcome>): Promise<TapOutcome> {
    return this.#inTurn(() =>
      this.#memory.state.standing === 'active'
        ? work()
        : Promise.resolve(declined('terminalOutOfService')),
    );
  }

  /** One SAM holds one session key: a tap that came between INIT and CREDIT would lose it. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#waiting === 0 ? undefined : this.#turn;
    this.#waiting++;
    const mine = before === undefined ? work() : before.then(work, work);
    this.#turn = mine;
    try {
      return await mine;
    } finally {
      this.#waiting--;
    }
  }
}

function checkKeys({ signingSeed, hostPublicKey }: TerminalParts): void {
  const sizes = { signingSeed: signingSeed.reveal().length, hostPublicKey: hostPublicKey.length };
  for (const [name, size] of Object.entries(sizes)) {
    if (size === ED25519_KEY_SIZE) continue;
    throw new Fault('CONFIG_INVALID', `"${name}" expected ${ED25519_KEY_SIZE} bytes, got ${size}`);
  }
}

function checkTerminalId(configured: string, got: string, where: string): void {
  if (configured === got) return;
  throw new Fault('CONFIG_INVALID', `"terminalId" expected ${configured} ${where}, got ${got}`);
}

function transitOf({ transit }: TerminalConfig): FlowContext['transit'] {
  if (transit === undefined) return undefined;
  const operator = {
    city: fromHex(transit.city),
    institution: fromHex(transit.institution),
    industry: INDUSTRY[transit.industry],
  };
  return { operator, policy: transit };
}

function limitsOf(limits: ParameterLimits): OfflineLimits {
  return {
    perTap: amount(limits.perTap),
    perCardPerDay: { amount: amount(limits.dayAmount), count: limits.dayCount },
    hotlistMaxAgeMinutes: limits.hotlistMaxAgeMinutes ?? undefined,
    stalePerTap: amount(limits.stalePerTap),
  };
}
