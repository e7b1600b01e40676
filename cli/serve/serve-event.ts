// SPDX-License-Identifier: MIT
/** What happens while cards are served: a line for people, an object for programs. */
import { table } from '../print/printer.ts';
import type { TearMoment } from '../../simulation/world/tear-on-commit.ts';
import type { ControlRow, SlotName } from './controls.table.ts';

export interface SlotState {
  readonly slot: SlotName;
  readonly file: string;
  /** `127.0.0.1:35963`. */
  readonly vpcd: string;
  readonly isIn: boolean;
}

export type ServeEvent =
  | {
      /** The first event, and the answer to `status`. */
      readonly event: 'serving' | 'status';
      readonly slots: readonly SlotState[];
      readonly tear: TearMoment | null;
    }
  | {
      readonly event: 'controls';
      readonly controls: readonly Pick<ControlRow, 'key' | 'line' | 'meaning'>[];
    }
  | { readonly event: 'inserted'; readonly slot: SlotName }
  | {
      readonly event: 'left';
      readonly slot: SlotName;
      readonly reason: string;
      /** Whether it comes back by itself when vpcd is there again; else it waits for `insert`. */
      readonly isComingBack: boolean;
    }
  | {
      readonly event: 'exchange';
      readonly slot: SlotName;
      readonly title: string;
      /** Hexadecimal; secrets are `**`. */
      readonly command: string;
      readonly response: string;
    }
  | { readonly event: 'tear'; readonly when: TearMoment | null }
  | { readonly event: 'refused'; readonly message: string };

export function serveEventLines(event: ServeEvent): readonly string[] {
  switch (event.event) {
    case 'serving':
    case 'status':
      return [
        ...event.slots.map(
          ({ slot, file, vpcd, isIn }) =>
            `${slot.padEnd(4)} ${isIn ? 'in ' : 'out'}  ${file}, vpcd at ${vpcd}`,
        ),
        ...(event.tear === null ? [] : [`tear ${event.tear} waits for the next DEBIT or CREDIT`]),
      ];
    case 'controls':
      return table([
        ['key', 'line', ''],
        ...event.controls.map(({ key, line, meaning }) => [key, line, meaning]),
      ]);
    case 'inserted':
      return [`${event.slot.padEnd(4)} in the reader`];
    case 'left':
      return [
        `${event.slot.padEnd(4)} out of the reader: ${event.reason}`,
        ...(event.isComingBack ? ['     it goes in as soon as vpcd is there'] : []),
      ];
    case 'exchange':
      return [
        `${event.slot.padEnd(4)} > ${event.title}`,
        `       ${event.command}`,
        `     < ${event.response}`,
      ];
    case 'tear':
      return [
        event.when === null ? 'no tear' : `tear ${event.when} waits for the next DEBIT or CREDIT`,
      ];
    case 'refused':
      return [event.message];
  }
}
