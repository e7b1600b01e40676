// SPDX-License-Identifier: MIT
/** The process that sets up a clearing benchmark: each batch of the preload is news. */
import { setUpClearing, type ClearingPlan, type ClearingWork } from './clearing-setup.ts';
import { serveOrder } from './processes.ts';

export interface SetUpJob {
  readonly order: { readonly directory: string; readonly plan: ClearingPlan };
  readonly news: null;
  readonly result: ClearingWork;
}

serveOrder<SetUpJob>(({ directory, plan }, tell) =>
  setUpClearing(directory, plan, () => {
    tell(null);
  }),
);
