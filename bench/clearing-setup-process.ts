// SPDX-License-Identifier: MIT
/** The process that sets up a clearing benchmark: one order in, progress and the finished work out. */
import { invariant } from '../src/errors/invariant.ts';
import { setUpClearing, type ClearingPlan, type ClearingWork } from './clearing-setup.ts';

/** What the benchmark sends to the process. */
export interface SetUpOrder {
  readonly directory: string;
  readonly plan: ClearingPlan;
}

/** What the process sends back: one message for every batch of the preload, then the work. */
export type SetUpMessage = { readonly kind: 'batch' } | ({ readonly kind: 'done' } & ClearingWork);

invariant(process.send !== undefined, 'clearing-setup-process expected to be forked');
const send = (message: SetUpMessage): void => void process.send?.(message);

process.once('message', ({ directory, plan }: SetUpOrder) => {
  void setUpClearing(directory, plan, () => {
    send({ kind: 'batch' });
  }).then((work) => {
    send({ kind: 'done', ...work });
    process.disconnect();
  });
});
