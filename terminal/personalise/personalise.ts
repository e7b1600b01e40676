// SPDX-License-Identifier: MIT
/**
 * Writes a blank card step by step, and tells each one as it is done. It ends at the first step that the
 * card refuses, and at the first one without an answer, whose outcome is unknown: the card may have done
 * it. Keys and the PIN leave this module only towards the card.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { formatSw } from '../../src/iso7816/apdu.ts';
import { SW, statusWordMeaning } from '../../src/iso7816/status-words.table.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { exchange, type Answer } from '../card/exchange.ts';
import { checkBlank } from './blank-check.ts';
import type { Step } from './step.ts';
import { personalisationSteps, type PersonalisationOptions } from './steps.ts';

/** What became of a step. */
export interface StepReport {
  /** From 1. */
  readonly number: number;
  readonly title: string;
  readonly kind: Step['kind'];
  /** The command, hexadecimal: `*` hides a key or a PIN, `?` stands for what the challenge decides. */
  readonly command: string;
  /** Four digits; undefined for a step that was not sent, and where no answer came. */
  readonly sw: string | undefined;
  /** In words. */
  readonly meaning: string;
}

export type PersonalisationOutcome =
  | { readonly kind: 'personalised'; readonly written: number }
  /** A dry run: what would have been written. */
  | { readonly kind: 'planned'; readonly writes: number }
  /** The step was refused; `written` counts the writes before it. */
  | { readonly kind: 'refused'; readonly at: StepReport; readonly written: number }
  /** No answer to the step: if it writes, it may be done or not. */
  | { readonly kind: 'unknown'; readonly at: StepReport; readonly written: number };

export interface PersonalisationRun {
  readonly channel: CardChannel;
  readonly options: PersonalisationOptions;
  /** Only reads, and reports the other steps as they would be sent. */
  readonly isDryRun: boolean;
  readonly onStep: (report: StepReport) => void;
  /** Runs once the card was found blank, before the first command that could change it. */
  readonly beforeWriting: () => Promise<void>;
}

const NO_CHALLENGE = new Uint8Array(8);

/** @throws CARD_NOT_BLANK, CARD_UNUSABLE, CARD_GONE before anything was written, and what `beforeWriting` throws. */
export async function personalise(run: PersonalisationRun): Promise<PersonalisationOutcome> {
  const { channel, options, isDryRun, onStep } = run;
  let number = 0;
  const report = (step: Step, command: string, answered: Answered): StepReport => {
    number += 1;
    const done = { number, title: step.title, kind: step.kind, command, ...answered };
    onStep(done);
    return done;
  };
  await checkBlank(async (step) => {
    const bytes = step.command(NO_CHALLENGE);
    const answer = await exchange(channel, bytes);
    report(step, shown(step, bytes, false), described(step, answer));
    return answer;
  }, options.isErasing);
  const steps = personalisationSteps(options);
  if (isDryRun) {
    for (const step of steps) {
      report(step, shown(step, step.command(NO_CHALLENGE), true), NOT_SENT);
    }
    return { kind: 'planned', writes: steps.filter(({ kind }) => kind === 'write').length };
  }
  await run.beforeWriting();
  let challenge: Uint8Array = NO_CHALLENGE;
  let written = 0;
  for (const step of steps) {
    const bytes = step.command(challenge);
    const answer = await exchange(channel, bytes);
    const at = report(step, shown(step, bytes, false), described(step, answer));
    if (answer.kind === 'lost') return { kind: 'unknown', at, written };
    if (!isAsExpected(step, answer)) return { kind: 'refused', at, written };
    if (step.challengeSize !== undefined) challenge = answer.data;
    if (step.kind === 'write') written += 1;
  }
  return { kind: 'personalised', written };
}

type Answered = Pick<StepReport, 'meaning' | 'sw'>;

const NOT_SENT: Answered = { sw: undefined, meaning: 'not sent' };

function described(step: Step, answer: Answer): Answered {
  if (answer.kind === 'lost') {
    const isSafe = step.kind === 'read';
    const meaning = isSafe ? 'no answer' : 'no answer: the card may have done it or not';
    return { sw: undefined, meaning };
  }
  const isOther = answer.sw === SW.SUCCESS && !isAsExpected(step, answer);
  const meaning = isOther ? 'success, but with other bytes' : statusWordMeaning(answer.sw);
  return { sw: formatSw(answer.sw), meaning };
}

function isAsExpected(step: Step, { sw, data }: Extract<Answer, { kind: 'answered' }>): boolean {
  if (sw !== SW.SUCCESS) return false;
  if (step.challengeSize !== undefined) return data.length === step.challengeSize;
  return step.expected === undefined || equalBytes(step.expected, data);
}

/** The command in hexadecimal, without what must not or cannot be shown. */
function shown(step: Step, bytes: Uint8Array, isPlan: boolean): string {
  const hex = toHex(bytes);
  const hidden = 2 * (step.secretBytes ?? 0);
  const open = 2 * (isPlan ? (step.challengeBytes ?? 0) : 0);
  const end = hex.length - hidden - open;
  return hex.slice(0, end) + '*'.repeat(hidden) + '?'.repeat(open);
}
