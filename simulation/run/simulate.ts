// SPDX-License-Identifier: MIT
/**
 * Runs a scene: taps, tears and re-taps, loads, batches that arrive late, twice and out of order, and at
 * the end the books against the cards. The same seed gives the same run.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import { add, type Amount, ZERO } from '../../src/money/amount.ts';
import type { Tear } from '../../card-applet-sim/memory/non-volatile-memory.ts';
import { reconciliationReport } from '../../host/report/reconciliation.ts';
import { stateHash } from '../../host/report/state-hash.ts';
import type { TapOutcome } from '../../terminal/flow/outcome.ts';
import { isDebit } from '../../terminal/journal/tap.ts';
import { conservation, type Conservation } from '../check/conservation.ts';
import { Oracle, trueBalance } from '../check/oracle.ts';
import { PIN } from '../world/pin.ts';
import type { SeededRandom } from '../world/seeded-random.ts';
import type { World, WorldCard } from '../world/world.ts';
import { clearAll } from './clearing-run.ts';
import type { Scene, Step } from './scene.ts';

export interface RunPlan {
  readonly taps: number;
  /** Share of commits that are torn, 0 to 1. */
  readonly tearRate: number;
  /** Share of uncertain taps whose card is presented again at the same terminal. */
  readonly retapRate: number;
  /** Taps between two rounds of batches. */
  readonly tapsPerRound: number;
  readonly msPerTap: number;
  readonly onProgress?: (taps: number) => void;
}

/** What a run came to. Money in minor units. */
export interface RunResult {
  readonly taps: number;
  readonly approved: number;
  readonly declined: number;
  /** Taps whose outcome was unknown when they happened. */
  readonly uncertain: number;
  /** Of those, taps that a later tap of the same card decided. */
  readonly recovered: number;
  readonly declinedBy: Readonly<Record<string, number>>;
  readonly loads: number;
  /** Records that the terminals sent up, each counted once. */
  readonly records: number;
  /** Records that the host holds as evidence in its cards' chains. */
  readonly posted: number;
  readonly duplicateBatches: number;
  readonly exceptions: number;
  readonly exceptionsByRule: Readonly<Record<string, number>>;
  readonly conservation: Conservation;
  /** Sum of the debits that cards proved. */
  readonly fareTotal: Amount;
  readonly merchantPayable: Amount;
  readonly stateHash: string;
}

interface Tally {
  taps: number;
  approved: number;
  declined: number;
  uncertain: number;
  recovered: number;
  loads: number;
  fareTotal: Amount;
  readonly declinedBy: Record<string, number>;
}

const PHASES = ['before', 'inside', 'after', 'response'] as const;
/** Physical writes of one commit: body, marker, some changes, marker again. */
const WRITES_MAX = 6;

class Run {
  readonly oracle = new Oracle();
  readonly tally: Tally = {
    taps: 0,
    approved: 0,
    declined: 0,
    uncertain: 0,
    recovered: 0,
    loads: 0,
    fareTotal: ZERO,
    declinedBy: {},
  };
  readonly #world: World;
  readonly #scene: Scene;
  readonly #random: SeededRandom;
  readonly #plan: RunPlan;

  constructor(world: World, scene: Scene, random: SeededRandom, plan: RunPlan) {
    this.#world = world;
    this.#scene = scene;
    this.#random = random;
    this.#plan = plan;
  }

  /** One cardholder: loads when the balance is low, taps, and taps again when told to. */
  async visit(): Promise<void> {
    const card = this.#random.pick(this.#world.cards);
    if (this.oracle.balanceOf(card) < this.#scene.lowBalance) await this.#load(card);
    const step = this.#scene.next(card);
    let outcome = await this.#tap(card, step);
    while (outcome.kind === 'uncertain' && this.tally.taps < this.#plan.taps) {
      if (!this.#random.chance(this.#plan.retapRate)) return;
      this.#world.clock.advance(2_000);
      outcome = await this.#tap(card, step);
    }
  }

  async #tap(card: WorldCard, step: Step): Promise<TapOutcome> {
    this.#world.clock.advance(this.#plan.msPerTap);
    const outcome = await step.run(this.#world.present(card, this.#tear()));
    this.oracle.observe(step.terminal.config.terminalId, card, outcome);
    this.#scene.after(card, step, outcome);
    this.#count(outcome);
    return outcome;
  }

  #count(outcome: TapOutcome): void {
    const { tally } = this;
    tally.taps++;
    for (const tap of outcome.settled) {
      if (tap.isRecovered || tap.state === 'declined') tally.recovered++;
      if (tap.state === 'approved' && isDebit(tap))
        tally.fareTotal = add(tally.fareTotal, tap.amount);
    }
    if (outcome.kind === 'approved') {
      tally.approved++;
      if (outcome.tap.isRecovered) tally.recovered++;
      if (isDebit(outcome.tap)) tally.fareTotal = add(tally.fareTotal, outcome.tap.amount);
    } else if (outcome.kind === 'uncertain') tally.uncertain++;
    else {
      tally.declined++;
      const reason = outcome.kind === 'declined' ? outcome.reason : outcome.kind;
      tally.declinedBy[reason] = (tally.declinedBy[reason] ?? 0) + 1;
    }
  }

  async #load(card: WorldCard): Promise<void> {
    const { loadTerminal, loadAmounts } = this.#scene;
    const request = {
      amount: this.#random.pick(loadAmounts),
      hostLink: this.#world.host,
      pin: PIN,
    };
    const outcome = await loadTerminal.load(this.#world.present(card, this.#tear()), request);
    this.oracle.observe(loadTerminal.config.terminalId, card, outcome);
    this.tally.loads++;
  }

  #tear(): Tear | undefined {
    if (!this.#random.chance(this.#plan.tearRate)) return undefined;
    const phase = this.#random.pick(PHASES);
    const write = this.#random.int(1, WRITES_MAX);
    return phase === 'response' ? { phase } : { phase, write };
  }
}

/** Runs `plan.taps` taps of a scene and reconciles. @throws Defect when money appeared or vanished. */
export async function simulate(
  world: World,
  scene: Scene,
  random: SeededRandom,
  plan: RunPlan,
): Promise<RunResult> {
  const run = new Run(world, scene, random.fork(), plan);
  const uploads = random.fork();
  const sent = { records: 0, duplicates: 0 };
  let nextRound = plan.tapsPerRound;
  while (run.tally.taps < plan.taps) {
    await run.visit();
    plan.onProgress?.(run.tally.taps);
    if (run.tally.taps < nextRound) continue;
    nextRound += plan.tapsPerRound;
    await clearAll(world, uploads, sent, { lateRate: 0.1 });
  }
  await clearAll(world, uploads, sent, { lateRate: 0 });
  const report = reconciliationReport(world.host);
  const merchantPayable = report.merchants.reduce<Amount>(
    (total, { payable }) => add(total, payable as Amount),
    ZERO,
  );
  const { declinedBy, ...counts } = run.tally;
  return {
    ...counts,
    declinedBy,
    records: sent.records,
    posted: world.host.store.recordCount(),
    duplicateBatches: sent.duplicates,
    exceptions: report.exceptions.length,
    exceptionsByRule: report.exceptionsByRule,
    conservation: conservation(world, run.oracle, ZERO),
    merchantPayable,
    stateHash: worldHash(world),
  };
}

/** The host's state and every card's balance in one hash. */
function worldHash(world: World): string {
  const cards = world.cards.map((card) => `${card.serial} ${trueBalance(card)}`).join('\n');
  return toHex(sha256(new TextEncoder().encode(`${stateHash(world.host.store)}\n${cards}`)));
}
