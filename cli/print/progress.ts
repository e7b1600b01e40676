// SPDX-License-Identifier: MIT
import { Presets, SingleBar } from 'cli-progress';

/** Reports work that is done so far; `note` says what is being done. */
export interface Progress {
  at(done: number, note?: string): void;
  stop(): void;
}

const SILENT: Progress = { at: () => undefined, stop: () => undefined };

/** A progress bar on standard error; silent when that is not a terminal or the result is JSON. */
export function startProgress(
  total: number,
  options: { readonly isJson: boolean; readonly unit: string },
): Progress {
  if (options.isJson || !process.stderr.isTTY) return SILENT;
  const bar = new SingleBar(
    {
      format: `{bar} {percentage}% {value}/{total} ${options.unit} {note}`,
      hideCursor: true,
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { note: '' });
  return {
    at: (done, note = '') => bar.update(done, { note }),
    stop: () => bar.stop(),
  };
}
