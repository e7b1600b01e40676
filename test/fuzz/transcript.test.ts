// SPDX-License-Identifier: MIT
/**
 * Transcripts, mutated: refused with the line, or read, replayed, traced, recorded again and written as a
 * capture. What was recorded again says the same, and the capture is one, whatever the bytes mean.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../src/bytes/hex.ts';
import { FAULTS } from '../../src/errors/catalogue.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import { instant } from '../../src/time/instant.ts';
import { captureSink } from '../../terminal/transcript/capture.ts';
import { parseTranscript, type Transcript } from '../../terminal/transcript/parse-transcript.ts';
import { recordTo } from '../../terminal/transcript/record.ts';
import { replay } from '../../terminal/transcript/replay.ts';
import { transcriptSink } from '../../terminal/transcript/transcript-text.ts';
import { corpusTexts } from './corpus.ts';
import { hunt, HUNT_TIMEOUT_MS } from './hunt.ts';
import { mutatedText } from './mutate.ts';

const ENTRIES = [
  ...corpusTexts('transcripts'),
  {
    name: 'torn-sale.txt',
    text: readFileSync(new URL('../transcripts/torn-sale.txt', import.meta.url), 'utf8'),
  },
];
const WORDS = [
  ...['card', 'sam', ' present ', ' > ', ' < ', ' ! ', '-', '**', '00', '9000', '6CFF', '61'],
  ...[
    'card > 00B2',
    'card < 9000',
    'currency',
    'JPY',
    '80100069',
    ...Object.keys(FAULTS).slice(0, 4),
  ],
  ...['6F308407', '7F49', '80500102', '00A40400', '3B80', 'FFFFFFFF', 'mute', 'removed'],
];
const CLOCK = { now: () => instant(1_770_000_000_000) };

/** What was sent, and what came of it where bytes did. Masked bytes were sent as zeros. */
function told({ exchanges }: Transcript): readonly string[] {
  return exchanges.map(({ command, answer, presence }) => {
    const response = answer.kind === 'bytes' ? Buffer.from(answer.bytes).toString('hex') : 'none';
    return `${presence.role} ${command.replaceAll('*', '0')} ${response}`;
  });
}

interface Recorded {
  readonly text: string;
  readonly capture: Uint8Array;
}

/** Replays a transcript to one who sends what was sent, and records it. */
async function recordAgain(transcript: Transcript): Promise<Recorded> {
  let text = '';
  const blocks: Uint8Array[] = [];
  const { currency } = transcript;
  const beganAt = CLOCK.now();
  const toText = transcriptSink((part) => (text += part), { currency, beganAt });
  const toCapture = captureSink((block) => blocks.push(block));
  const again = replay(transcript);
  const lines = transcript.presences.map((presence) => {
    const { channel, reader, atr } = again.present(presence.role);
    const options = { role: presence.role, currency, clock: CLOCK, reveal: true, reader, atr };
    const recorded = recordTo(
      channel,
      (event) => {
        toText(event);
        toCapture(event);
      },
      options,
    );
    return [presence, recorded] as const;
  });
  const channels = new Map(lines);
  for (const { presence, command } of transcript.exchanges) {
    try {
      await channels.get(presence)?.transceive(fromHex(command.replaceAll('*', '0')));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      expect(error.code, 'the commands are those of the recording').not.toBe('TRANSCRIPT_MISMATCH');
    }
  }
  expect(again.finish()).toEqual({ kind: 'complete' });
  return { text, capture: Uint8Array.from(Buffer.concat(blocks)) };
}

/** Blocks end where they say, twice, at whole words (draft-ietf-opsawg-pcapng, 3.1). */
function expectCapture(capture: Uint8Array, packets: number): void {
  const view = new DataView(capture.buffer);
  const types: number[] = [];
  for (let at = 0; at < capture.length;) {
    const size = view.getUint32(at + 4, true);
    expect(size % 4).toBe(0);
    expect(view.getUint32(at + size - 4, true)).toBe(size);
    types.push(view.getUint32(at, true));
    if (types.at(-1) === 6) {
      const [captured, original] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
      expect(captured).toBeLessThanOrEqual(original);
      expect(28 + captured).toBeLessThanOrEqual(size);
    }
    at += size;
  }
  expect(types.filter((type) => type === 6)).toHaveLength(packets);
}

/** What comes of a transcript. @throws what is no refusal of a transcript. */
async function outcomeOf(text: string): Promise<string> {
  let transcript: Transcript;
  try {
    transcript = parseTranscript(text);
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
  const again = await recordAgain(transcript);
  const reread = parseTranscript(again.text);
  expect(told(reread)).toEqual(told(transcript));
  const packets = reread.presences.length + 2 * reread.exchanges.length;
  expectCapture(again.capture, packets);
  return 'read';
}

describe('a transcript', () => {
  it.each(ENTRIES)('$name is read and says the same again', async ({ name, text }) => {
    const outcome = await outcomeOf(text);
    if (!name.startsWith('failed-')) expect(outcome).toBe('read');
  });

  it(
    'is refused with its line, or says the same again, whatever becomes of its text',
    async () => {
      const outcomes = new Set<string>();
      await hunt({
        input: mutatedText(
          ENTRIES.map(({ text }) => text),
          WORDS,
        ),
        usual: 500,
        show: (text) => text,
        check: async (text) => {
          const outcome = await outcomeOf(text);
          outcomes.add(outcome);
          expect(['DECODE_FAILED', 'LIMIT_EXCEEDED', 'read']).toContain(outcome);
        },
      });
      expect([...outcomes]).toEqual(expect.arrayContaining(['DECODE_FAILED', 'read']));
    },
    HUNT_TIMEOUT_MS,
  );
});
