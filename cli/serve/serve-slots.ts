// SPDX-License-Identifier: MIT
/** Keeps a card, and a SAM beside it, in the slots of vpcd, and does what the controls say. */
import type { VirtualDevice } from '../../card-applet-sim/card/virtual-device.ts';
import {
  connectVpcd,
  type VpcdConnection,
  type VpcdEvent,
} from '../../card-applet-sim/transport/vpcd.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { commandTitle } from '../../terminal/card/trace.ts';
import type { FileDevice } from '../data/card-files.ts';
import { CONTROLS, type Control, type SlotName } from './controls.table.ts';
import { maskedCommand } from './masked-command.ts';
import type { ServeEvent, SlotState } from './serve-event.ts';
import { TearControl } from './tear-control.ts';

/** vpcd is tried again so often while it is away. */
const RECONNECT_MS = 1000;

/** A device, and where it is served. */
export interface Slot {
  readonly name: SlotName;
  readonly file: FileDevice<VirtualDevice>;
  readonly host: string;
  readonly port: number;
}

export type ServeSink = (event: ServeEvent) => void;

class ServedSlot {
  readonly slot: Slot;
  readonly tear: TearControl;
  readonly line: VpcdConnection;
  readonly #sink: ServeSink;
  #isIn = false;
  #lastReason = '';

  constructor(slot: Slot, sink: ServeSink) {
    this.slot = slot;
    this.#sink = sink;
    this.tear = new TearControl(slot.file.device.memory);
    this.line = connectVpcd(slot.file.device, {
      host: slot.host,
      port: slot.port,
      reconnectMs: RECONNECT_MS,
      beforeCommand: (command) => this.tear.beforeCommand(command),
      onEvent: (event) => this.#onEvent(event),
    });
  }

  get state(): SlotState {
    const { name, file, host, port } = this.slot;
    return { slot: name, file: file.path, vpcd: `${host}:${port}`, isIn: this.#isIn };
  }

  #onEvent(event: VpcdEvent): void {
    // Saved before the answer goes out: what the reader saw is in the file.
    this.slot.file.save();
    const slot = this.slot.name;
    switch (event.kind) {
      case 'connected':
        this.#isIn = true;
        this.#lastReason = '';
        this.#sink({ event: 'inserted', slot });
        break;
      case 'disconnected':
        this.tear.left();
        // A vpcd that stays away is told once, not at every try.
        if (this.#isIn || event.reason !== this.#lastReason) {
          const { reason, isComingBack } = event;
          this.#sink({ event: 'left', slot, reason, isComingBack });
        }
        this.#isIn = false;
        this.#lastReason = event.reason;
        break;
      case 'exchange':
        this.tear.answered();
        this.#sink({
          event: 'exchange',
          slot,
          title: commandTitle(event.command, slot === 'card' ? 'card' : 'sam'),
          command: maskedCommand(event.command),
          response: toHex(event.response),
        });
    }
  }
}

export class Serving {
  /** Resolves when everything is out for good; rejects with what kept an image from being saved. */
  readonly done: Promise<void>;
  readonly #slots: readonly ServedSlot[];
  readonly #sink: ServeSink;

  constructor(slots: readonly Slot[], sink: ServeSink) {
    this.#sink = sink;
    this.#slots = slots.map((slot) => new ServedSlot(slot, sink));
    this.done = this.#end();
    this.#tellState('serving');
    this.#tellControls();
  }

  control(control: Control): void {
    switch (control.kind) {
      case 'insert':
      case 'remove':
        this.#withSlot(control.slot, ({ line }) => line[control.kind]());
        break;
      case 'tear':
        this.#withSlot('card', ({ tear }) => tear.arm(control.when));
        this.#sink({ event: 'tear', when: control.when ?? null });
        break;
      case 'status':
        this.#tellState('status');
        break;
      case 'help':
        this.#tellControls();
        break;
      case 'quit':
        this.stop();
    }
  }

  unknown(text: string): void {
    const known = CONTROLS.map(({ line }) => line).join(', ');
    this.#sink({ event: 'refused', message: `"control" expected ${known}, got "${text}"` });
  }

  /** Takes everything out; `done` tells when it is. */
  stop(): void {
    // How a line ended is in `done`.
    for (const { line } of this.#slots) line.stop().catch(() => undefined);
  }

  /** One line that failed takes the other one along. */
  async #end(): Promise<void> {
    try {
      await Promise.all(this.#slots.map(({ line }) => line.done));
    } finally {
      this.stop();
      await Promise.allSettled(this.#slots.map(({ line }) => line.done));
    }
  }

  #withSlot(name: SlotName, work: (slot: ServedSlot) => void): void {
    const found = this.#slots.find(({ slot }) => slot.name === name);
    if (found !== undefined) work(found);
    else this.#sink({ event: 'refused', message: `"${name}" expected to be served: see --psam` });
  }

  #tellControls(): void {
    const controls = CONTROLS.map(({ line, key, meaning }) => ({ line, key, meaning }));
    this.#sink({ event: 'controls', controls });
  }

  #tellState(event: 'serving' | 'status'): void {
    const slots = this.#slots.map(({ state }) => state);
    const tear = this.#slots.find(({ slot }) => slot.name === 'card')?.tear.when ?? null;
    this.#sink({ event, slots, tear });
  }
}
