// SPDX-License-Identifier: MIT
/** The host's process in one run of the clearing benchmark: each batch is news. */
import { runClearing, type RunFigures, type RunOrder } from './clearing-run.ts';
import { serveOrder } from './processes.ts';

export interface RunJob {
  readonly order: RunOrder;
  readonly news: null;
  readonly result: RunFigures;
}

serveOrder<RunJob>((order, tell) =>
  runClearing(order, () => {
    tell(null);
  }),
);
