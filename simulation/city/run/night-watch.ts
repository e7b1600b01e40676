// SPDX-License-Identifier: MIT
/** Who looks at the books at night: the checkers, the auditor, and whoever counts. */
import { lastClosed } from '../../../host/settlement/windows.ts';
import { negate, sum, sumSigned } from '../../../src/money/amount.ts';
import type { HostStore } from '../../../host/store/store.ts';
import { editDatabase } from '../adversaries/database-edit.ts';
import type { Underworld } from '../adversaries/adversary.ts';
import { audit } from '../checks/audit.ts';
import { checkCard } from '../checks/card-check.ts';
import type { CheckName } from '../checks/check.ts';
import { Conservation, credited } from '../checks/conservation.ts';
import { checkFiles } from '../checks/files.ts';
import { checkLedger } from '../checks/ledger.ts';
import { checkUnseen } from '../checks/journal.ts';
import { checkPostedOnce } from '../checks/posted-once.ts';
import { seeSigns } from '../checks/signs.ts';
import { Violation } from '../checks/violation.ts';
import { dateOf, type NightWatch } from '../lives/host-life.ts';
import { isOn, type Scenario } from '../scenario/scenario.ts';
import type { DayLine } from '../result.ts';
import type { City } from '../world/city.ts';

/** The alarm for leaked keys is what it says: a sign, where there is something to find. */
const KEY_ALARM = 'I12';

export class CityNights implements NightWatch {
  readonly days: DayLine[] = [];
  readonly conservation = new Conservation();
  readonly looked = new Map<CheckName, number>();
  readonly #world: Underworld;
  readonly #city: City;
  /** The newest entry of the ledger that was looked at. */
  #lastEntry = 0;

  constructor(world: Underworld) {
    this.#world = world;
    this.#city = world.city;
  }

  beforeClose(day: number): void {
    this.days.push(this.#line(day));
    this.#city.parts.tally.beginDay();
  }

  afterClose(day: number): void {
    const { host } = this.#city.parts.box;
    const closed = lastClosed(host.store);
    if (closed !== undefined && this.#isCheckDay(day)) {
      checkFiles(host, closed.id);
      this.#look('files');
    }
  }

  async beforeDawn(day: number): Promise<void> {
    const { scenario } = this.#city.parts;
    const { store } = this.#city.parts.box.host;
    const isLast = day === this.#lastDay;
    checkLedger(store, this.#isCheckDay(day) ? 0 : this.#lastEntry);
    this.#lastEntry = store.lastEntry()?.id ?? 0;
    this.#look('ledger');
    for (let edits = editsOn(scenario, day); edits > 0; edits--) await editDatabase(this.#world);
    if (this.#isCheckDay(day)) this.checkCards(store);
    const isWatched = Object.keys(scenario.frauds).length > 0;
    if (isLast || isWatched) seeSigns(this.#city, store);
    const comes = scenario.audit === 'nightly' || (scenario.audit === 'end' && isLast);
    if (comes) await this.#audit();
    if (isLast) {
      checkPostedOnce(this.#city, store);
      this.#look('postedOnce');
      checkUnseen(this.#city);
    }
  }

  get #lastDay(): number {
    const { days, quietDays } = this.#city.parts.scenario;
    return days + quietDays;
  }

  #isCheckDay(day: number): boolean {
    const { days, checkEveryDays } = this.#city.parts.scenario;
    return day === this.#lastDay || day === days || day % checkEveryDays === 0;
  }

  /** Every card that something happened to since the last look. @throws Violation */
  checkCards(store: HostStore): void {
    const { touched } = this.#city;
    for (const serial of touched) {
      const isHonest = this.#city.fraudOn(serial) === undefined;
      this.conservation.take(
        serial,
        checkCard(store, serial, this.#city.imagesOf(serial), isHonest),
      );
      this.#look('cardTruth');
    }
    touched.clear();
    this.conservation.check(store);
    this.#look('conservation');
  }

  async #audit(): Promise<void> {
    const findings = await audit(this.#city.parts.box);
    this.#look('audit');
    const [first] = findings.filter(
      ({ invariant }) => invariant !== KEY_ALARM || !this.#hasForgers(),
    );
    if (first === undefined) return;
    const { invariant, subject, expected, found } = first;
    throw new Violation('audit', { subject: `${invariant} ${subject}`, expected, found });
  }

  /** Whether anybody spends value that was never loaded. */
  #hasForgers(): boolean {
    return this.#city.purses.some(({ fraud }) => fraud !== undefined);
  }

  #look(check: CheckName): void {
    this.looked.set(check, (this.looked.get(check) ?? 0) + 1);
  }

  #line(day: number): DayLine {
    const { tally, box } = this.#city.parts;
    const { store } = box.host;
    const merchants = store.balances().filter(({ account }) => account.startsWith('2040:'));
    return {
      date: dateOf(this.#city, day),
      ...tally.today,
      onCards: sum(
        this.#city.purses
          .filter(({ serial }) => this.#city.fraudOn(serial) === undefined)
          .map(({ balance }) => balance),
      ),
      float: credited(store, ['2010', '2061', '2015']),
      payable: negate(sumSigned(merchants.map(({ balance }) => balance))),
      open: credited(store, ['2061', '2015', '2075']),
      exceptions: store.allFindings().length + store.quarantine().length,
    };
  }
}

/** How many edits of the database are made in the night after a day: spread evenly over their window. */
function editsOn({ days, frauds }: Scenario, day: number): number {
  const plan = frauds.databaseEdit;
  if (plan === undefined || day > days || !isOn(plan, day)) return 0;
  const from = plan.from ?? 1;
  const length = Math.min(plan.to ?? days, days) - from + 1;
  const upTo = (nights: number): number => Math.floor((plan.count * nights) / length);
  return upTo(day - from + 1) - upTo(day - from);
}
