// SPDX-License-Identifier: MIT
import type { TraceEntry } from '../../terminal/card/trace.ts';

/** A command or a response with its fields under it. */
export function traceLines(who: 'card' | 'sam', entry: TraceEntry): readonly string[] {
  const arrow = entry.kind === 'command' ? '>' : '<';
  const title =
    entry.kind === 'command'
      ? [entry.title, entry.parameters].filter((part) => part !== undefined).join(', ')
      : `${entry.sw ?? '(none)'} ${entry.meaning}`;
  const nameWidth = Math.max(0, ...entry.fields.map((field) => field.name.length));
  const hexWidth = Math.min(40, Math.max(0, ...entry.fields.map((field) => field.hex.length)));
  return [
    `${who.padEnd(4)} ${arrow} ${title}`,
    ...(entry.hex === '' ? [] : [`       ${entry.hex}`]),
    ...entry.fields.map((field) =>
      `         ${field.name.padEnd(nameWidth)}  ${field.hex.padEnd(hexWidth)}  ${field.meaning ?? ''}`.trimEnd(),
    ),
  ];
}
