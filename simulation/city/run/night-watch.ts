// SPDX-License-Identifier: MIT
/** Who looks at the books at night: the checkers, the auditor, and whoever counts. */
import { lastClosed } from '../../../host/settlement/windows.ts';
import { negate, sum, sumSigned } from '../../../src/money/amount.ts';
import type { HostStore } from '../../../host/store/store.ts';
import { editDatabase } from '../adversaries/database-edit.ts';
import type { Underworld } from '../adversaries/adversary.ts';
import { audit, auditPlace, type AuditFinding } from '../checks/audit.ts';
import { checkCard, hostCard, type HostCard } from '../checks/card-check.ts';
import type { CheckName } from '../checks/check.ts';
import { Conservation, credited } from '../checks/conservation.ts';
import { checkFiles } from '../checks/files.ts';
import { checkLedger } from '../checks/ledger.ts';
import { checkUnseen } from '../checks/journal.ts';
import { PostedOnceCheck } from '../checks/posted-once.ts';
import { SideThread } from '../checks/side-thread.ts';
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
  /** Where the auditor works when it comes at the end. */
  readonly #side: SideThread | undefined;
  /** The audit at the end goes on while everything else is looked at. */
  #lastAudit: Promise<readonly AuditFinding[]> | undefined;

  constructor(world: Underworld) {
    this.#world = world;
    this.#city = world.city;
    const { box, scenario } = world.city.parts;
    if (scenario.audit === 'end') this.#side = new SideThread(auditPlace(box));
  }

  beforeClose(day: number): void {
    this.days.push(this.#line(day));
    this.#city.parts.tally.beginDay();
  }

  afterClose(day: number): void {
    const { host } = this.#city.parts.box;
    const closed = lastClosed(host.store);
    // The window of the last busy day is a full one.
    const isDue = this.#isCheckDay(day) || day === this.#city.parts.scenario.days;
    if (closed !== undefined && isDue) {
      checkFiles(host, closed.id);
      this.#look('files');
    }
  }

  async beforeDawn(day: number): Promise<void> {
    const { scenario, box } = this.#city.parts;
    const { store } = box.host;
    const isLast = day === this.#lastDay;
    checkLedger(store, this.#isCheckDay(day) ? 0 : this.#lastEntry);
    this.#lastEntry = store.lastEntry()?.id ?? 0;
    this.#look('ledger');
    const edits = editsOn(scenario, day);
    // Each is followed by an audit of its own.
    if (edits > 0) await this.#side?.idle();
    for (let edit = 0; edit < edits; edit++) await editDatabase(this.#world);
    if (isLast) this.#lastAudit = this.#side?.ask('audit');
    else void this.#side?.ask('readAhead');
    this.#lookAtCards(day, store);
    if (scenario.audit === 'nightly') this.#judge(await audit(auditPlace(box)));
    if (isLast) checkUnseen(this.#city);
  }

  #lookAtCards(day: number, store: HostStore): void {
    const isLast = day === this.#lastDay;
    if (isLast) this.#checkEverything(store);
    else if (this.#isCheckDay(day)) this.checkCards(store);
    const isWatched = Object.keys(this.#city.parts.scenario.frauds).length > 0;
    if (isLast || isWatched) seeSigns(this.#city, store);
  }

  /** Waits for what the audit at the end says. @throws Violation */
  async endAudit(): Promise<void> {
    if (this.#lastAudit !== undefined) this.#judge(await this.#lastAudit);
  }

  /** The hash of the host's state, worked out beside whatever the caller does; undefined without that thread. */
  beginStateHash(): Promise<string> | undefined {
    return this.#side?.ask('stateHash');
  }

  /** Nobody waits for what goes on beside the simulation any more. */
  async stop(): Promise<void> {
    await this.#side?.stop();
  }

  get #lastDay(): number {
    const { days, quietDays } = this.#city.parts.scenario;
    return days + quietDays;
  }

  #isCheckDay(day: number): boolean {
    return day === this.#lastDay || day % this.#city.parts.scenario.checkEveryDays === 0;
  }

  /** Every card that something happened to since the last look. @throws Violation */
  checkCards(store: HostStore): void {
    store.snapshot(() => {
      for (const serial of this.#city.touched) {
        this.#checkCard(store, serial, hostCard(store, serial));
      }
    });
    this.#endCards(store);
  }

  /** The same, and whether the books have each deed of every card once: its records are read one time for both. */
  #checkEverything(store: HostStore): void {
    const postedOnce = new PostedOnceCheck(this.#city, store);
    store.snapshot(() => {
      for (const serial of this.#city.serials()) {
        const card = hostCard(store, serial);
        if (this.#city.touched.has(serial)) this.#checkCard(store, serial, card);
        postedOnce.see(serial, card);
      }
    });
    this.#endCards(store);
    postedOnce.finish();
    this.#look('postedOnce');
  }

  #checkCard(store: HostStore, serial: string, card: HostCard | undefined): void {
    const isHonest = this.#city.fraudOn(serial) === undefined;
    const images = this.#city.imagesOf(serial);
    this.conservation.take(serial, checkCard(store, serial, card, { images, isHonest }));
    this.#look('cardTruth');
  }

  #endCards(store: HostStore): void {
    this.#city.touched.clear();
    this.conservation.check(store);
    this.#look('conservation');
  }

  #judge(findings: readonly AuditFinding[]): void {
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
