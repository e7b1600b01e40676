// SPDX-License-Identifier: MIT
/** Lines in, commands to the card, answers out: from a person at a terminal, or from a program. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import type { TraceEntry } from '../../terminal/card/trace.ts';
import type { CardLine } from '../../terminal/reader/card-line.ts';
import { EXIT } from '../print/failure.ts';
import { traceLines } from '../print/trace.ts';
import { resetCard, resetLines } from './reset-card.ts';
import { CardSession, type LineOutcome } from './card-session.ts';
import { complete } from './completion.ts';
import { HISTORY_MAX, isKept, readHistory, writeHistory } from './history.ts';
import { helpLines, isEmptyLine, planLine } from './plan-line.ts';
import type { Plan } from './plan.ts';

export interface ShellOptions {
  readonly card: CardLine;
  readonly currency: CurrencyCode;
  readonly isJson: boolean;
  /** A person types: there is a prompt, history and completion, and a refusal ends nothing. */
  readonly isInteractive: boolean;
  /** A program goes on after an error, too. */
  readonly keepsGoing: boolean;
  /** What the prompt says: the card, or the reader. */
  readonly name: string;
  readonly historyFile: string;
  readonly input: NodeJS.ReadableStream;
  /** Where results go. */
  readonly output: NodeJS.WritableStream;
  /** Where it is said that a line is wrong, unless that is a result in JSON. */
  readonly errors: NodeJS.WritableStream;
  /** Where the prompt and what is typed go. */
  readonly screen: NodeJS.WritableStream;
}

type Ended = 'exit' | 'failed' | LineOutcome;

/** Reads lines to the end of the input. Returns the exit code. @throws what the reader throws */
export async function runShell(options: ShellOptions): Promise<number> {
  const prompter = new Prompter(options);
  const shell = new Shell(options, prompter);
  const goesOn = options.isInteractive || options.keepsGoing;
  let exitCode: number = EXIT.done;
  try {
    prompter.prompt();
    for await (const line of prompter.lines()) {
      const ended = await shell.run(line);
      if (exitCode === EXIT.done) exitCode = exitCodeOf(ended, options);
      if (ended === 'exit' || ended === 'lost') break;
      if (ended !== 'done' && !goesOn) break;
      prompter.prompt();
    }
    return exitCode;
  } finally {
    prompter.close();
  }
}

/** A person has seen what was refused; a program has to be told. */
function exitCodeOf(ended: Ended, { isInteractive }: ShellOptions): number {
  if (ended === 'lost') return EXIT.notApproved;
  if (isInteractive || ended === 'done' || ended === 'exit') return EXIT.done;
  return ended === 'failed' ? EXIT.usage : EXIT.notApproved;
}

class Shell {
  readonly #options: ShellOptions;
  readonly #prompter: Prompter;
  readonly #session: CardSession;
  #card: CardLine;
  #isTracing = false;
  /** The answers of a line with more than one command need the names of these. */
  #isOneOfMany = false;
  #entries: TraceEntry[] = [];
  #number = 0;

  constructor(options: ShellOptions, prompter: Prompter) {
    this.#options = options;
    this.#prompter = prompter;
    const { card, currency } = options;
    this.#card = card;
    const sink = (entry: TraceEntry): void => this.#tell(entry);
    this.#session = new CardSession(card.channel, { currency, sink, follows: true });
  }

  /** Runs one line. Its number stands for it in JSON: the line itself may hold a PIN. */
  async run(line: string): Promise<Ended> {
    this.#number++;
    this.#entries = [];
    if (isEmptyLine(line)) return 'done';
    try {
      return await this.#carryOut(planLine(line, this.#options.currency));
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'USAGE') throw error;
      const { code, message } = error;
      this.#say({ line: this.#number, error: { code, message } }, []);
      this.#complain(`${code}: ${message}`);
      return 'failed';
    }
  }

  async #carryOut(plan: Plan): Promise<Ended> {
    switch (plan.kind) {
      case 'exit':
        return 'exit';
      case 'help':
        this.#say({ line: this.#number, help: helpLines() }, helpLines());
        return 'done';
      case 'trace':
        this.#isTracing = plan.isOn;
        this.#say({ line: this.#number, trace: plan.isOn }, []);
        return 'done';
      case 'reset':
        return this.#reset();
      case 'askPin':
        return this.#carryOut(
          planLine(`verify ${await this.#prompter.askPin()}`, this.#options.currency),
        );
      case 'card': {
        this.#isOneOfMany = plan.steps.length > 1;
        const outcome = await this.#session.run(plan);
        const { name, note } = plan;
        this.#say(
          { line: this.#number, command: name, outcome, exchanges: this.#entries, note },
          note === undefined || outcome !== 'done' ? [] : [`     ${note}`],
        );
        return outcome;
      }
    }
  }

  /** @throws CARD_GONE when the card does not come up again. */
  async #reset(): Promise<Ended> {
    this.#card = await resetCard(this.#card);
    this.#session.present(this.#card.channel);
    const atr = toHex(this.#card.atr);
    const lines = resetLines(atr);
    this.#say({ line: this.#number, command: 'reset', outcome: 'done', atr }, lines);
    return 'done';
  }

  #tell(entry: TraceEntry): void {
    this.#entries.push(entry);
    if (this.#options.isJson) return;
    // Without the trace only the answers are told, and of them what the bytes mean.
    if (this.#isTracing) this.#write(traceLines('card', entry));
    else if (entry.kind === 'response') this.#write(traceLines('card', { ...entry, hex: '' }));
    else if (this.#isOneOfMany) this.#write(traceLines('card', { ...entry, hex: '', fields: [] }));
  }

  #complain(message: string): void {
    const { isJson, isInteractive, errors } = this.#options;
    if (!isJson) errors.write(`${isInteractive ? '' : `line ${this.#number}: `}${message}\n`);
  }

  #say(data: object, lines: readonly string[]): void {
    this.#write(this.#options.isJson ? [JSON.stringify(data)] : lines);
  }

  #write(lines: readonly string[]): void {
    for (const line of lines) this.#options.output.write(`${line}\n`);
  }
}

/** The lines of the input, and the prompt before each where a person types. */
class Prompter {
  readonly #options: ShellOptions;
  readonly #reading: ReturnType<typeof createInterface>;
  #isSilent = false;

  constructor(options: ShellOptions) {
    this.#options = options;
    const { input, screen, isInteractive, historyFile, currency } = options;
    if (!isInteractive) {
      this.#reading = createInterface({ input, terminal: false });
      return;
    }
    this.#reading = createInterface({
      input,
      output: this.#screen(screen),
      terminal: true,
      prompt: `${options.name}> `,
      completer: complete,
      history: readHistory(historyFile),
      historySize: HISTORY_MAX,
      removeHistoryDuplicates: true,
    });
    // readline shows the list that it keeps, so that a line can be taken out before it is remembered.
    this.#reading.on('history', (history: string[]) => {
      const [newest] = history;
      if (this.#isSilent || (newest !== undefined && !isKept(newest, currency))) history.shift();
      else writeHistory(historyFile, history);
    });
  }

  lines(): AsyncIterable<string> {
    return this.#reading;
  }

  prompt(): void {
    if (this.#options.isInteractive) this.#reading.prompt();
  }

  /** Asks without showing what is typed. @throws USAGE where nobody can be asked */
  async askPin(): Promise<string> {
    const { isInteractive, screen } = this.#options;
    if (!isInteractive) throw new Fault('USAGE', '"verify" expected `verify PIN`, got no PIN');
    screen.write('PIN (not shown): ');
    this.#isSilent = true;
    // A question is not answered by the end of the input.
    const ended = new AbortController();
    this.#reading.once('close', () => ended.abort());
    try {
      const pin = await this.#reading.question('', { signal: ended.signal });
      if (pin.trim() !== '') return pin;
      throw new Fault('USAGE', '"PIN" expected 4 to 12 digits, got none');
    } catch (error) {
      if (!ended.signal.aborted) throw error;
      throw new Fault('USAGE', '"PIN" expected 4 to 12 digits, got the end of the input');
    } finally {
      this.#isSilent = false;
      screen.write('\n');
    }
  }

  close(): void {
    this.#reading.close();
  }

  /** What readline draws on: it shows nothing while a PIN is typed. */
  #screen(screen: NodeJS.WritableStream): Writable {
    const drawn = new Writable({
      write: (chunk: Uint8Array, _encoding, done) => {
        if (!this.#isSilent) screen.write(chunk);
        done();
      },
    });
    // Where lines wrap.
    return Object.defineProperty(drawn, 'columns', {
      get: () => ('columns' in screen ? screen.columns : undefined),
    });
  }
}
