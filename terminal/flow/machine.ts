// SPDX-License-Identifier: MIT
/**
 * State machines as data: a total table of transitions and a pure step. A step returns the next state and
 * the one effect that is to be done next; the driver does it and feeds back what came of it. One effect
 * and not a list: the order of effects is the protocol, and no two of them may be under way at once.
 */
import { Defect } from '../../src/errors/invariant.ts';

interface Kind {
  readonly kind: string;
}

type OfKind<T extends Kind, K extends T['kind']> = Extract<T, { readonly kind: K }>;

export interface Step<S, F> {
  readonly state: S;
  readonly effect: F;
}

/** One cell of a table; `null` where the event cannot happen in the state. */
type Cell<S, E, Next, F> = ((state: S, event: E) => Step<Next, F>) | null;

/** A missing cell does not compile. */
export type TransitionTable<S extends Kind, E extends Kind, F> = {
  readonly [SK in S['kind']]: {
    readonly [EK in E['kind']]: Cell<OfKind<S, SK>, OfKind<E, EK>, S, F>;
  };
};

export interface Machine<S extends Kind, E extends Kind, F> {
  readonly name: string;
  readonly table: TransitionTable<S, E, F>;
  /** @throws Defect on an event that cannot happen in the state. */
  step(state: S, event: E): Step<S, F>;
}

export function defineMachine<S extends Kind, E extends Kind, F>(
  name: string,
  table: TransitionTable<S, E, F>,
): Machine<S, E, F> {
  // A cell takes exactly the state and the event under whose kinds it was looked up.
  const cells = table as Readonly<Record<string, Readonly<Record<string, Cell<S, E, S, F>>>>>;
  return {
    name,
    table,
    step(state, event) {
      const cell = cells[state.kind]?.[event.kind] ?? null;
      if (cell === null) {
        throw new Defect(`"${name}" expected no event "${event.kind}" in state "${state.kind}"`);
      }
      return cell(state, event);
    },
  };
}

/** The effect by which a machine ends. */
export interface Finish<O> {
  readonly kind: 'finish';
  readonly outcome: O;
}

/** Runs a machine to its end. What `perform` throws ends it too; the journal has what was known. */
export async function drive<S extends Kind, E extends Kind, F extends Kind, O>(
  machine: Machine<S, E, F | Finish<O>>,
  first: Step<S, F | Finish<O>>,
  perform: (effect: F) => E | Promise<E>,
): Promise<O> {
  let { state, effect } = first;
  for (;;) {
    // Only `Finish` has this kind: the effects of a machine are named otherwise.
    if (effect.kind === 'finish') return (effect as Finish<O>).outcome;
    const event = perform(effect as F);
    // Writes to the journal are synchronous: they need no turn of the event loop.
    ({ state, effect } = machine.step(state, event instanceof Promise ? await event : event));
  }
}
