// SPDX-License-Identifier: MIT
/** What somebody needs who must understand a violation: the card's talk, its history, and the ledger's last entries. */
import { serialNumberBytes } from '../../../src/purse/serial-number.ts';
import { instant } from '../../../src/time/instant.ts';
import { Fault } from '../../../src/errors/fault.ts';
import { cardStatement } from '../../../host/report/statements.ts';
import type { PostedEntry } from '../../../host/store/store.ts';
import { transcriptSink } from '../../../terminal/transcript/transcript-text.ts';
import { eventKey } from '../checks/card-check.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ViolationLine } from '../result.ts';
import type { City } from '../world/city.ts';
import { runCity, type RunOptions } from './run-city.ts';

export interface Explanation {
  /** Of the taps of the card at fault, in the form of docs/transcripts.md; empty where no card is named. */
  readonly transcript: string;
  /** What the card did, by its own memory. */
  readonly history: readonly string[];
  /** What the host has of it. */
  readonly statement: object | null;
  /** The newest entries of the ledger. */
  readonly entries: readonly string[];
}

const ENTRIES = 8;

/** Runs the scenario again up to the step of the violation, and listens to the card that it names. */
export async function explain(
  options: Omit<RunOptions, 'follow' | 'onEnd' | 'until'>,
  violation: ViolationLine,
): Promise<Explanation> {
  const serial = /card (\d{20})/.exec(violation.subject)?.[1];
  const lines: string[] = [];
  let seen: Omit<Explanation, 'transcript'> = { history: [], statement: null, entries: [] };
  const sink = transcriptSink((text) => void lines.push(text), {
    currency: options.feed.currency ?? 'INR',
    beganAt: instant(0),
  });
  await runCity({
    ...options,
    until: violation.step,
    ...(serial === undefined ? {} : { follow: { serials: [serial], sink } }),
    onEnd: (city) => {
      seen = look(city, serial);
    },
  });
  return { transcript: serial === undefined ? '' : lines.join(''), ...seen };
}

function look(city: City, serial: string | undefined): Omit<Explanation, 'transcript'> {
  const { store } = city.parts.box.host;
  const newest = store.lastEntry()?.id ?? 0;
  const entries = [...store.entriesBetween(Math.max(0, newest - ENTRIES), newest)].map(entryLine);
  if (serial === undefined) return { history: [], statement: null, entries };
  const history = city
    .imagesOf(serial)
    .flatMap(({ events, balance }, index) => [
      `image ${index + 1}: balance ${balance}`,
      ...[...events].map((event) => `  ${eventKey(event)}: ${event.balanceAfter} left`),
    ]);
  return { history, statement: statementOf(city, serial), entries };
}

function statementOf(city: City, serial: string): object | null {
  const { store } = city.parts.box.host;
  if (store.card(serialNumberBytes(serial)) === undefined) return null;
  try {
    return cardStatement(store, serial);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

function entryLine({ source, kind, postings }: PostedEntry): string {
  const legs = postings.map(({ account, amount }) => `${account} ${amount}`);
  return `${kind} ${source}: ${legs.join(', ')}`;
}

/** The scenario as a file. */
export function scenarioText(scenario: Scenario): string {
  return `${JSON.stringify(scenario, null, 2)}\n`;
}
