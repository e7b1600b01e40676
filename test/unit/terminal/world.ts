// SPDX-License-Identifier: MIT
/** Builders for the terminal's tests: real cards and a real SAM on master keys, a clock, a fake host. */
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { signAck } from '../../../src/clearing/ack.ts';
import { BatchReader } from '../../../src/clearing/batch-reader.ts';
import { hotlistDigest } from '../../../src/clearing/hotlist.ts';
import type {
  AckRange,
  BatchLink,
  Hotlist,
  LoadLink,
  LoadRequest,
  SignedAck,
} from '../../../src/clearing/messages.ts';
import { RECORD, RECORD_SIZE, type ClearingRecord } from '../../../src/clearing/record.ts';
import { ed25519PublicKey } from '../../../src/crypto/ed25519.ts';
import { Secret } from '../../../src/crypto/secret.ts';
import { Fault } from '../../../src/errors/fault.ts';
import { amount, type Amount } from '../../../src/money/amount.ts';
import type { CardChannel } from '../../../src/ports/card-channel.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { RandomSource } from '../../../src/ports/random.ts';
import { deriveCardKeys, uniformKeys } from '../../../src/purse/card-keys.ts';
import { MAC_INPUTS } from '../../../src/purse/mac-inputs.table.ts';
import { serialNumberBytes } from '../../../src/purse/serial-number.ts';
import type { SuiteName } from '../../../src/purse/suite.ts';
import { SUITES } from '../../../src/purse/suites.table.ts';
import { instantOf } from '../../../src/time/civil.ts';
import { plusMs, type Instant } from '../../../src/time/instant.ts';
import { VirtualCard } from '../../../card-applet-sim/card/virtual-card.ts';
import {
  personaliseCard,
  type CardOptions,
} from '../../../card-applet-sim/personalise/personalise-card.ts';
import { personalisePsam } from '../../../card-applet-sim/personalise/personalise-psam.ts';
import { VirtualPsam } from '../../../card-applet-sim/psam/virtual-psam.ts';
import { openInProcess } from '../../../card-applet-sim/transport/in-process.ts';
import { parseTerminalConfig } from '../../../terminal/config.ts';
import type { Journal } from '../../../terminal/journal/journal.ts';
import { MemoryJournal } from '../../../terminal/journal/memory-journal.ts';
import { Terminal } from '../../../terminal/terminal.ts';

export const TERMINAL_ID = '001122334455';
export const PIN = new Secret(fromHex('123456'));
export const ISSUER_ID = fromHex('1000000000000001');
export const SUITE_NAMES: readonly SuiteName[] = ['aes', 'tdes'];
export const SEED = new Secret(new Uint8Array(32).fill(7));
export const HOST_SEED = new Uint8Array(32).fill(9);
const HOST_PUBLIC_KEY = ed25519PublicKey(HOST_SEED);
const DAY = '20260203';

const MASTERS = uniformKeys(fromHex('11223344556677888877665544332211'));
const KEY_VERSION = 1;
const KEY_INDEX = 1;

/** Bytes that differ from call to call and are the same in every run. */
class CountingRandom implements RandomSource {
  #next = 1;

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint32(length - 4, this.#next++);
    return bytes;
  }
}

/** A clock that goes on when it is told to. */
export class TestClock implements Clock {
  #now: Instant = instantOf({ date: DAY, time: '081530' }, 0);

  now(): Instant {
    return this.#now;
  }

  advanceMinutes(minutes: number): void {
    this.#now = plusMs(this.#now, minutes * 60_000);
  }
}

export function newCard(suite: SuiteName, options: Partial<CardOptions> = {}): VirtualCard {
  const serial = options.serial ?? '1';
  const memory = personaliseCard({
    serial,
    suite,
    keys: deriveCardKeys(suite, MASTERS, serialNumberBytes(serial)),
    keyVersion: KEY_VERSION,
    keyIndex: KEY_INDEX,
    issuerId: ISSUER_ID,
    startDate: '20250101',
    expiryDate: '20301231',
    initial: { purseBalance: 10_000 },
    ...options,
  });
  return new VirtualCard(memory, new CountingRandom());
}

export function newSam(terminalId = TERMINAL_ID): VirtualPsam {
  const masterKeys = SUITE_NAMES.map((suite) => ({
    suite,
    usage: 'purchase' as const,
    version: KEY_VERSION,
    key: MASTERS.purchase,
  }));
  const memory = personalisePsam({
    serial: '77',
    terminalId: fromHex(terminalId),
    masterKeys,
    keyIndex: KEY_INDEX,
    issuerId: ISSUER_ID,
    receiverId: ISSUER_ID,
    startDate: '20250101',
    expiryDate: '20301231',
  });
  return new VirtualPsam(memory);
}

export const BASE_CONFIG = {
  terminalId: TERMINAL_ID,
  merchantId: 'shop-1',
  currency: 'INR',
  place: 'till 1',
};

export interface TerminalSetup {
  readonly journal?: Journal;
  readonly clock?: Clock;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly samChannel?: CardChannel;
}

export function openTerminal(setup: TerminalSetup = {}): Promise<Terminal> {
  const config = parseTerminalConfig({ ...BASE_CONFIG, ...setup.config });
  return Terminal.open({
    config,
    journal: setup.journal ?? new MemoryJournal(),
    clock: setup.clock ?? new TestClock(),
    samChannel: setup.samChannel ?? openInProcess(newSam(config.terminalId)),
    signingSeed: SEED,
    hostPublicKey: HOST_PUBLIC_KEY,
  });
}

/** What the card itself says it holds. */
export function balanceOf(card: VirtualCard): number {
  card.powerUp();
  card.process(fromHex('00A40000021001'));
  const reply = card.process(fromHex('805C000204'));
  return new DataView(reply.buffer, reply.byteOffset).getUint32(0);
}

export function hotlist(version: number, ...serials: readonly string[]): Hotlist {
  const padded = serials.map((serial) => serial.padStart(20, '0')).sort();
  return { version, serials: padded, digest: hotlistDigest(version, padded) };
}

/** A host that authorises every load whose MAC1 is right, and holds every record it gets. */
export class FakeHost implements BatchLink, LoadLink {
  readonly batches: Uint8Array[] = [];
  readonly records: ClearingRecord[] = [];
  /** Faults to throw before anything is done, one a call. */
  readonly faults: Fault[] = [];
  /** What the acknowledgement names; everything when undefined. */
  held: ((record: ClearingRecord) => boolean) | undefined;

  async uploadBatch(batch: Uint8Array): Promise<SignedAck> {
    this.#fail();
    const decoded: ClearingRecord[] = [];
    const reader = new BatchReader((run) => {
      for (let at = 0; at < run.length; at += RECORD_SIZE) decoded.push(RECORD.decodeAt(run, at));
    });
    reader.push(batch);
    const { header, trailer, isSignedBy } = reader.end();
    if (!isSignedBy(ed25519PublicKey(SEED.reveal()))) throw new Error('not signed by the terminal');
    const digest = toHex(trailer.digest);
    const isRepeated = this.batches.some((held) => toHex(held) === toHex(batch));
    this.batches.push(batch);
    if (!isRepeated) this.records.push(...decoded);
    const ranges = decoded.filter(this.held ?? (() => true)).map(rangeOf);
    return signAck(
      {
        terminalId: toHex(header.terminalId),
        batchNumber: header.batchNumber,
        digest,
        result: isRepeated ? 'duplicate' : 'accepted',
        records: ranges,
        missing: [],
      },
      HOST_SEED,
    );
  }

  async authoriseLoad(request: LoadRequest): ReturnType<LoadLink['authoriseLoad']> {
    this.#fail();
    const suite = request.algorithmId === SUITES.aes.algorithmId ? 'aes' : 'tdes';
    const key = deriveCardKeys(suite, MASTERS, fromHex(request.serial)).load;
    const session = SUITES[suite].sessionMasterKey(key).sessionKey({
      session: 'load',
      cardRandom: fromHex(request.cardRandom),
      counter: request.onlineCounter,
      terminalCounter: 0,
    });
    const fields = {
      balanceBefore: amount(request.balanceBefore),
      amount: amount(request.amount),
      transactionType: request.transactionType,
      terminalId: fromHex(request.terminalId),
      date: fromHex(DAY),
      time: fromHex('081531'),
    };
    const expected = toHex(session.mac(MAC_INPUTS.loadMac1[suite].encode(fields)));
    if (expected !== request.mac1) throw new Fault('HOST_REFUSED', 'MAC1 is wrong');
    const mac2 = toHex(session.mac(MAC_INPUTS.loadMac2[suite].encode(fields)));
    return { loadId: 'load-1', date: DAY, time: '081531', mac2 };
  }

  #fail(): void {
    const fault = this.faults.shift();
    if (fault !== undefined) throw fault;
  }
}

function rangeOf({ terminalSequence }: ClearingRecord): AckRange {
  return { from: terminalSequence, to: terminalSequence, verdict: 'post', rule: 'accepted' };
}

/** Whether a TAC is the one that this card would make for this record. */
export function isTacOf(record: ClearingRecord, suite: SuiteName): boolean {
  const keys = deriveCardKeys(suite, MASTERS, record.applicationSerialNumber);
  const fields = { ...record, date: fromHex(record.date), time: fromHex(record.time) };
  const layout = record.kind === 2 ? MAC_INPUTS.loadTac[suite] : MAC_INPUTS.purchaseTac[suite];
  const { macSize, tacKey } = SUITES[suite];
  const expected = tacKey(keys.tac).mac(layout.encode(fields));
  return toHex(expected) === toHex(record.tac.slice(0, macSize));
}

export const rupees = (minor: number): Amount => amount(minor);

export { openInProcess };
