// SPDX-License-Identifier: MIT
/** A recording that is kept as text. */
import type { CardChannel } from '../../../../src/ports/card-channel.ts';
import type { CardLine } from '../../../../terminal/reader/card-line.ts';
import { recordTo } from '../../../../terminal/transcript/record.ts';
import type { Role } from '../../../../terminal/transcript/session-event.ts';
import { transcriptSink } from '../../../../terminal/transcript/transcript-text.ts';
import { TestClock } from '../world.ts';

export interface Recording {
  wrap(channel: CardChannel, role: Role, line?: Pick<CardLine, 'atr' | 'reader'>): CardChannel;
  readonly text: string;
}

export function newRecording(clock = new TestClock(), reveal = false): Recording {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  const sink = transcriptSink(write, { currency: 'INR', beganAt: clock.now() });
  return {
    wrap: (channel, role, line) =>
      recordTo(channel, sink, { role, currency: 'INR', clock, reveal, ...line }),
    get text() {
      return text;
    },
  };
}
