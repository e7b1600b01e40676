// SPDX-License-Identifier: MIT
/** `openpurse replay`: a transcript, read and decoded, or played to a card. */
import type { Command } from 'commander';
import { Fault } from '../../src/errors/fault.ts';
import type { CardLine } from '../../terminal/reader/card-line.ts';
import { withTrace, type TraceEntry, type TraceSink } from '../../terminal/card/trace.ts';
import { maskSecrets } from '../../terminal/transcript/mask.ts';
import type { RecordedPresence, Transcript } from '../../terminal/transcript/parse-transcript.ts';
import {
  maskedLine,
  playTranscript,
  type PlayEnd,
  type PlayOptions,
  type Player,
} from '../../terminal/transcript/play-transcript.ts';
import { replay } from '../../terminal/transcript/replay.ts';
import type { Role } from '../../terminal/transcript/session-event.ts';
import { Context, withSharedOptions } from '../context.ts';
import {
  withCardLine,
  withCardSourceOptions,
  type CardSourceOptions,
} from '../data/card-source.ts';
import { withSession } from '../data/session-files.ts';
import { SYSTEM_CLOCK } from '../data/system.ts';
import { readTranscript } from '../data/transcript-file.ts';
import { EXIT } from '../print/failure.ts';
import { counted } from '../print/printer.ts';
import { traceLines } from '../print/trace.ts';
import { resetCard } from '../shell/reset-card.ts';

interface ReplayOptions extends CardSourceOptions {
  readonly statusOnly?: boolean;
}

export function addReplayCommands(program: Command): void {
  withCardSourceOptions(
    withSharedOptions(
      program
        .command('replay')
        .description('read a transcript and show what it means, or play it to a card')
        .argument('<file>', 'transcript, written with --record'),
    ),
    'play it to this card; without --card and --reader it is only read',
  )
    .option('--status-only', 'compare status words only: a card draws other random numbers')
    .addHelpText(
      'after',
      '\nTo a card go the commands that went to the card, none of those to the SAM; it stops at the first answer\nthat is another one. Nothing is sent if a command is masked: record with --reveal. Exit code 3: an\nanswer differs.\n\nExamples:\n  openpurse replay sale.txt\n  openpurse replay sale.txt --pcapng sale.pcapng\n  openpurse replay info.txt --reader --status-only\n',
    )
    .action(run);
}

async function run(file: string, options: ReplayOptions): Promise<void> {
  const context = new Context(options);
  const transcript = readTranscript(file);
  const exchanges: object[] = [];
  let line = 0;
  const isPlayed = options.card !== undefined || options.reader !== undefined;
  const tell = (role: Role) => (entry: TraceEntry) => {
    exchanges.push({ line, with: role, ...entry });
    for (const text of traceLines(role, entry)) context.printer.tell(text);
  };
  const order: ReplayOrder = {
    context,
    options,
    transcript,
    tell,
    play: {
      isStatusOnly: options.statusOnly === true,
      onExchange: (exchange) => {
        line = exchange.line;
      },
    },
  };
  const end = await (isPlayed ? playToCard(order) : readOnly(order));
  const { sent, skipped, notCompared } = end;
  const difference = end.kind === 'different' ? end.difference : undefined;
  const what = isPlayed ? (difference === undefined ? 'same' : 'different') : 'read';
  context.printer.say({
    data: { file, outcome: what, ...difference, sent, notCompared, skipped, exchanges },
    lines: ['', ...endLines(file, end, isPlayed)],
  });
  if (difference !== undefined) process.exitCode = EXIT.notApproved;
}

interface ReplayOrder {
  readonly context: Context;
  readonly options: ReplayOptions;
  readonly transcript: Transcript;
  readonly tell: (role: Role) => (entry: TraceEntry) => void;
  readonly play: PlayOptions;
}

/** Everything is answered by the recording itself. */
function readOnly({ options, transcript, tell, play }: ReplayOrder): Promise<PlayEnd> {
  const { record, pcapng, reveal, statusOnly } = options;
  if (reveal === true || statusOnly === true) {
    const option = reveal === true ? '--reveal' : '--status-only';
    throw new Fault('USAGE', `"${option}" expected --card or --reader beside it`);
  }
  const session = replay(transcript);
  const { currency } = transcript;
  return withSession({ record, pcapng, currency, clock: SYSTEM_CLOCK }, (wrap) => {
    const player: Player = {
      present: ({ role }) => {
        const { channel, atr, reader } = session.present(role);
        const told = withTrace(channel, masked(tell(role)), { role, currency });
        return Promise.resolve({ channel: wrap(told, role, { atr, reader }), atr });
      },
    };
    return playTranscript(transcript, player, play);
  });
}

/** The card answers, anew for every time that one was presented; nobody does for the SAM. */
function playToCard({ context, options, transcript, tell, play }: ReplayOrder): Promise<PlayEnd> {
  const hidden = maskedLine(transcript, 'card');
  if (hidden !== undefined) {
    throw new Fault(
      'USAGE',
      `"line ${hidden}" expected a command that can be sent, got masked bytes: record with --reveal`,
    );
  }
  const { currency } = transcript;
  return withCardLine(context, options, (first) => {
    let line: CardLine | undefined;
    const player: Player = {
      async present({ role }: RecordedPresence) {
        if (role === 'sam') return undefined;
        line = line === undefined ? first : await resetCard(line);
        const { atr, channel } = line;
        return { atr, channel: withTrace(channel, masked(tell('card')), { role, currency }) };
      },
    };
    return playTranscript(transcript, player, play);
  });
}

function masked(tell: (entry: TraceEntry) => void): TraceSink {
  return (entry, bytes) => {
    tell(entry.kind === 'command' ? maskSecrets(entry, bytes) : entry);
  };
}

function endLines(file: string, end: PlayEnd, isPlayed: boolean): readonly string[] {
  const { sent, skipped, notCompared } = end;
  if (end.kind === 'different') {
    const { line, expected, got } = end.difference;
    return [`stopped at line ${line} of ${file}`, `  expected  ${expected}`, `  got       ${got}`];
  }
  const unknown = notCompared === 0 ? '' : `; ${notCompared} without an answer in it`;
  if (!isPlayed) {
    const toSam = sent.sam === 0 ? '' : `, ${sent.sam} to the SAM`;
    return [`${file}: ${counted(sent.card, 'command')} to the card${toSam}${unknown}`];
  }
  const left = skipped === 0 ? '' : `; ${skipped} to the SAM left out`;
  return [`the card answers as in ${file}: ${counted(sent.card, 'command')}${unknown}${left}`];
}
