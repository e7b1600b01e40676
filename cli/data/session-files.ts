// SPDX-License-Identifier: MIT
/**
 * What a command records of its lines to card and SAM. The file is new, for its owner alone, and written
 * event by event: it holds what happened even when the command breaks off.
 */
import { appendFileSync, closeSync, openSync, rmSync } from 'node:fs';
import { Fault } from '../../src/errors/fault.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { CardLine } from '../../terminal/reader/card-line.ts';
import { captureSink } from '../../terminal/transcript/capture.ts';
import { recordTo } from '../../terminal/transcript/record.ts';
import type { Role, SessionSink } from '../../terminal/transcript/session-event.ts';
import { transcriptSink } from '../../terminal/transcript/transcript-text.ts';

export interface SessionChoice {
  /** Path of the transcript, if one is asked for. */
  readonly record?: string | undefined;
  /** Path of the capture, if one is asked for. */
  readonly pcapng?: string | undefined;
  /** Whether PINs and keys are told as they are. */
  readonly reveal?: boolean | undefined;
  readonly currency: CurrencyCode;
  readonly clock: Clock;
}

/** `channel` as one presentation of a card or SAM, recorded; `line` says where it is. */
export type WrapLine = (
  channel: CardChannel,
  role: Role,
  line?: Pick<CardLine, 'atr' | 'reader'>,
) => CardChannel;

/** A new file that is written to its end. */
interface SessionFile {
  readonly write: (data: Uint8Array | string) => void;
  /** A file in which nothing happened is not kept. */
  readonly close: (isKept: boolean) => void;
  /** The first write that failed. */
  readonly failed: Fault | undefined;
}

const OWNER_ONLY = 0o600;

/**
 * Runs `work` with the recording that is asked for. A write that fails does not stop `work`; its error
 * is thrown after it.
 * @throws FILE_EXISTS when there is a file of such a name; USAGE for `reveal` without a recording.
 */
export async function withSession<T>(
  choice: SessionChoice,
  work: (wrap: WrapLine) => Promise<T>,
): Promise<T> {
  const { record, pcapng, reveal = false, currency, clock } = choice;
  if (reveal && record === undefined && pcapng === undefined) {
    throw new Fault('USAGE', '"--reveal" expected --record or --pcapng beside it');
  }
  const files: SessionFile[] = [];
  const sinks: SessionSink[] = [];
  let isBegun = false;
  const sink: SessionSink = (event) => {
    isBegun = true;
    for (const take of sinks) take(event);
  };
  let result: T;
  try {
    if (record !== undefined) {
      const file = createFile('--record', record);
      files.push(file);
      sinks.push(transcriptSink(file.write, { currency, beganAt: clock.now() }));
    }
    if (pcapng !== undefined) {
      const file = createFile('--pcapng', pcapng);
      files.push(file);
      sinks.push(captureSink(file.write));
    }
    result = await work((channel, role, line) =>
      sinks.length === 0
        ? channel
        : recordTo(channel, sink, { role, currency, clock, reveal, ...line }),
    );
  } finally {
    for (const file of files) file.close(isBegun);
  }
  const failed = files.map((file) => file.failed).find((found) => found !== undefined);
  if (failed !== undefined) throw failed;
  return result;
}

function createFile(option: string, path: string): SessionFile {
  const descriptor = openNew(option, path);
  let failed: SessionFile['failed'];
  return {
    write: (data) => {
      if (failed !== undefined) return;
      try {
        appendFileSync(descriptor, data);
      } catch (cause) {
        // A full disk must not stop a command that moves money.
        const why = cause instanceof Error ? cause.message : String(cause);
        const message = `"${option}" expected ${path} to take what happened, got ${why}`;
        failed = new Fault('FILE_UNREADABLE', message, { cause });
      }
    },
    close: (isKept) => {
      closeSync(descriptor);
      if (!isKept) rmSync(path);
    },
    get failed() {
      return failed;
    },
  };
}

/** @throws FILE_EXISTS */
function openNew(option: string, path: string): number {
  try {
    return openSync(path, 'wx', OWNER_ONLY);
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'EEXIST') throw cause;
    throw new Fault('FILE_EXISTS', `"${option}" expected a new file, ${path} exists`, { cause });
  }
}
