// SPDX-License-Identifier: MIT
/** Reads controls from standard input: keys where it is a terminal, else lines. Its end changes nothing. */
import { createInterface } from 'node:readline';
import type { ReadStream } from 'node:tty';
import { CONTROLS, type Control } from './controls.table.ts';

export interface ControlSink {
  control(control: Control): void;
  /** Something that is no control. */
  unknown(text: string): void;
}

/** In raw mode these come as bytes: Ctrl-C and Ctrl-D. */
const INTERRUPT_KEYS = new Set(['\u0003', '\u0004']);
const QUIT: Control = { kind: 'quit' };

/** Starts reading; the returned function ends it. */
export function readControls(stdin: ReadStream, sink: ControlSink): () => void {
  return stdin.isTTY ? readKeys(stdin, sink) : readLines(stdin, sink);
}

function readKeys(stdin: ReadStream, sink: ControlSink): () => void {
  const onData = (chunk: Buffer): void => {
    for (const key of chunk.toString()) {
      const row = CONTROLS.find((known) => known.key === key);
      if (row !== undefined) sink.control(row.control);
      else if (INTERRUPT_KEYS.has(key)) sink.control(QUIT);
      else if (key.trim() !== '') sink.unknown(key);
    }
  };
  stdin.setRawMode(true);
  stdin.on('data', onData);
  return () => {
    stdin.off('data', onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
}

function readLines(stdin: NodeJS.ReadableStream, sink: ControlSink): () => void {
  const lines = createInterface({ input: stdin });
  lines.on('line', (text) => {
    const line = text.trim().replaceAll(/\s+/g, ' ');
    const row = CONTROLS.find((known) => known.line === line);
    if (row !== undefined) sink.control(row.control);
    else if (line !== '') sink.unknown(line);
  });
  return () => lines.close();
}
