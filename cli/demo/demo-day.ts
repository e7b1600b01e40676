// SPDX-License-Identifier: MIT
/** The scenes of the demo, in order. Each tells what happens and keeps it as data. */
import { tearOnCommit } from '../../simulation/world/tear-on-commit.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { Secret } from '../../src/crypto/secret.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { amount } from '../../src/money/amount.ts';
import { DEFAULT_PIN } from '../../card-applet-sim/personalise/personalise-card.ts';
import type { ClearingHost } from '../../host/host.ts';
import type { IssuerKeys } from '../../host/keys/key-store.ts';
import { reconciliationReport } from '../../host/report/reconciliation.ts';
import { stateHash } from '../../host/report/state-hash.ts';
import { trialBalance } from '../../host/report/statements.ts';
import type { BatchAck, BatchLink } from '../../src/clearing/messages.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { withTrace } from '../../terminal/card/trace.ts';
import type { TapOutcome } from '../../terminal/flow/outcome.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { TransitNetwork } from '../../terminal/transit/network.ts';
import { reportLines, trialBalanceLines } from '../commands/host.ts';
import type { Context } from '../context.ts';
import { CardFiles } from '../data/card-files.ts';
import { bundledFeed, loadFeed } from '../data/feeds.ts';
import { issueCardFile } from '../data/issue-card.ts';
import { withTerminal, type TerminalChoice } from '../data/terminal-setup.ts';
import { sayOutcome } from '../print/outcome.ts';
import { counted, money } from '../print/printer.ts';
import type { DayClock } from './day-clock.ts';
import { folderConservation, type FolderConservation } from './folder-conservation.ts';

const CAFE = { id: '100000000001', merchant: 'CAFE', place: 'cafe till', isGate: false } as const;
const TRIP = { from: 'Miyapur', to: 'Ameerpet', gates: ['2000000000A1', '2000000000A2'] } as const;

export class DemoDay {
  readonly #context: Context;
  readonly #clock: DayClock;
  readonly #cards: CardFiles;
  readonly #keys: IssuerKeys;
  readonly #data: Record<string, unknown> = {};

  constructor(context: Context, clock: DayClock) {
    this.#context = context;
    this.#clock = clock;
    this.#cards = new CardFiles(context.data);
    this.#keys = context.keys();
  }

  /** Plays the day and returns what happened. */
  async run(): Promise<object> {
    const begun = performance.now();
    await this.#issue();
    await this.#load();
    await this.#sell();
    await this.#travel();
    await this.#tear();
    await this.#conserve('conservationBeforeUpload');
    const batches = await this.#upload();
    await this.#uploadAgain(batches);
    await this.#reconcile();
    const conservation = await this.#conserve('conservation');
    invariant(
      conservation.difference === 0,
      `conservation expected difference 0, got ${conservation.difference}`,
    );
    return {
      currency: this.#context.config.currency,
      ...this.#data,
      wallMs: Math.round(performance.now() - begun),
    };
  }

  #title(text: string): void {
    this.#clock.nextScene();
    this.#context.printer.tell();
    this.#context.printer.tell(text);
  }

  #tell(...lines: readonly string[]): void {
    for (const line of lines) this.#context.printer.tell(`  ${line}`);
  }

  #money(value: number): string {
    return money(amount(value), this.#context.config.currency);
  }

  #record(name: string, outcome: TapOutcome, expected: TapOutcome['kind']): void {
    invariant(outcome.kind === expected, `${name} expected ${expected}, got ${outcome.kind}`);
    const said = sayOutcome(outcome, this.#context.config.currency);
    this.#data[name] = said.data;
    this.#tell(...said.lines);
  }

  /** One tap of a card at a terminal, with the line to the card wrapped where asked. */
  async #tap(
    card: string,
    at: TerminalChoice,
    work: (terminal: Terminal, channel: CardChannel) => Promise<TapOutcome>,
  ): Promise<TapOutcome> {
    this.#clock.nextScene();
    return this.#cards.use(this.#cards.find(card), (file) =>
      withTerminal(this.#context, at, async (terminal) => {
        const channel = file.open();
        const outcome = await work(terminal, channel);
        await channel.close();
        return outcome;
      }),
    );
  }

  async #issue(): Promise<void> {
    this.#title('1. The issuer makes two cards');
    const cards = [
      { name: 'asha', serial: '00000000000000000001', suite: 'aes' },
      { name: 'ravi', serial: '00000000000000000002', suite: 'tdes' },
    ] as const;
    for (const { name, serial, suite } of cards) {
      await issueCardFile(this.#context, name, { serial, suite, keyVersion: 1 });
      this.#tell(`${name}: card ${serial}, suite ${suite === 'tdes' ? '3DES (PBOC)' : 'AES-128'}`);
    }
    this.#data['cards'] = cards;
  }

  async #load(): Promise<void> {
    this.#title(
      '2. Both are loaded online: the host computes MAC2, the money is in flight until a card proves it',
    );
    const pin = new Secret(fromHex(DEFAULT_PIN));
    const loads = { asha: amount(500_00), ravi: amount(300_00) };
    for (const [name, value] of Object.entries(loads)) {
      await this.#context.withHost(this.#keys, async (host) => {
        const outcome = await this.#tap(name, CAFE, (terminal, channel) =>
          terminal.load(channel, { amount: value, hostLink: host, pin }),
        );
        this.#record(`load-${name}`, outcome, 'approved');
      });
    }
  }

  async #sell(): Promise<void> {
    this.#title('3. Asha buys a coffee for 45.50, no network; the APDUs of one purchase');
    const { currency } = this.#context.config;
    const outcome = await this.#tap('asha', CAFE, (terminal, channel) => {
      const traced = withTrace(
        channel,
        (entry) =>
          this.#tell(
            entry.kind === 'command'
              ? `> ${entry.title.padEnd(24)} ${entry.hex}`
              : `< ${(entry.sw ?? 'none').padEnd(24)} ${entry.hex}`,
          ),
        { role: 'card', currency },
      );
      return terminal.purchase(traced, amount(45_50));
    });
    this.#record('sale', outcome, 'approved');
    const second = await this.#tap('ravi', CAFE, (terminal, channel) =>
      terminal.purchase(channel, amount(80_00)),
    );
    this.#record('sale-ravi', second, 'approved');
  }

  async #travel(): Promise<void> {
    this.#title(
      `4. Ravi takes the metro from ${TRIP.from} to ${TRIP.to}: the fare is in the Hyderabad Metro's own feed`,
    );
    const network = new TransitNetwork(loadFeed(bundledFeed()), this.#context.config.currency);
    const [inGate, outGate] = TRIP.gates;
    const from = network.station(TRIP.from);
    const to = network.station(TRIP.to);
    const at = (id: string, place: string): TerminalChoice => ({
      id,
      merchant: 'METRO',
      place,
      isGate: true,
    });
    const entry = await this.#tap('ravi', at(inGate, from.id), (gate, channel) =>
      gate.gateEntry(channel, { network, station: from }),
    );
    this.#record('entry', entry, 'approved');
    const exit = await this.#tap('ravi', at(outGate, to.id), (gate, channel) =>
      gate.gateExit(channel, { network, station: to }),
    );
    this.#record('exit', exit, 'approved');
  }

  async #tear(): Promise<void> {
    this.#title(
      '5. Asha pays 20.00 and pulls the card away too early: nobody knows whether it paid',
    );
    const torn = await this.#cards.use(this.#cards.find('asha'), (card) =>
      withTerminal(this.#context, CAFE, (terminal) => {
        const channel = tearOnCommit(card.open(), card.device, { phase: 'response' });
        return terminal.purchase(channel, amount(20_00));
      }),
    );
    this.#record('torn', torn, 'uncertain');
    this.#tell('she taps again: the card proves that it had paid, and is not charged twice');
    const again = await this.#tap('asha', CAFE, (terminal, channel) =>
      terminal.purchase(channel, amount(20_00)),
    );
    this.#record('recovered', again, 'approved');
  }

  async #upload(): Promise<readonly Uint8Array[]> {
    this.#title('6. In the evening the terminals close, sign and upload their batches');
    const acks: BatchAck[] = [];
    const batches: Uint8Array[] = [];
    await this.#context.withHost(this.#keys, async (host) => {
      for (const id of [CAFE.id, ...TRIP.gates]) {
        await withTerminal(this.#context, { ...CAFE, id }, async (terminal) => {
          const closed = terminal.closeBatch();
          invariant(closed !== undefined, `terminal ${id} expected records to send`);
          const { ack } = await terminal.uploadBatch(closed.number, keeping(host, batches));
          acks.push(ack);
          this.#tell(
            `${id} batch ${closed.number}: ${counted(closed.recordCount, 'record')}, ${ack.result}`,
          );
          for (const { from, to, verdict, rule } of ack.records)
            this.#tell(`  records ${from} to ${to}: ${verdict} (${rule})`);
        });
      }
    });
    this.#data['batches'] = acks;
    return batches;
  }

  async #uploadAgain(batches: readonly Uint8Array[]): Promise<void> {
    this.#title('7. One batch arrives a second time');
    const [first] = batches;
    invariant(first !== undefined, 'a batch was uploaded');
    await this.#context.withHost(this.#keys, async (host) => {
      const before = stateHash(host.store);
      const signed = await host.uploadBatch(first);
      const after = stateHash(host.store);
      // The payload was made by the host just above.
      const { result } = JSON.parse(signed.payload) as BatchAck;
      invariant(before === after, 'a duplicate batch must not change the state');
      this.#data['duplicateUpload'] = { result, stateHashBefore: before, stateHashAfter: after };
      this.#tell(
        `the host says ${result}; state hash ${before.slice(0, 16)} before, ${after.slice(0, 16)} after`,
      );
    });
  }

  async #reconcile(): Promise<void> {
    this.#title('8. The host reconciles');
    await this.#context.withHost(this.#keys, (host) => {
      const report = reconciliationReport(host);
      const balance = trialBalance(host.store);
      this.#data['report'] = report;
      this.#data['trialBalance'] = balance;
      this.#tell(
        ...trialBalanceLines(balance, host.currency),
        '',
        ...reportLines(report, host.currency, false),
      );
      return Promise.resolve();
    });
  }

  async #conserve(name: string): Promise<FolderConservation> {
    const conservation = await this.#context.withHost(this.#keys, (host) =>
      folderConservation(this.#context, host),
    );
    this.#data[name] = conservation;
    const { cardBalances, inFlight, float, difference } = conservation;
    this.#title(
      `Conservation: cards ${this.#money(cardBalances)} + in flight ${this.#money(inFlight)} = float ${this.#money(float)}, difference ${this.#money(Math.abs(difference))}`,
    );
    return conservation;
  }
}

/** The host, with every batch that it is sent kept. */
function keeping(host: ClearingHost, batches: Uint8Array[]): BatchLink {
  return {
    uploadBatch(batch) {
      batches.push(batch);
      return host.uploadBatch(batch);
    },
  };
}
