// SPDX-License-Identifier: MIT
/**
 * Puts a card into the virtual reader of vsmartcard: vpcd listens, the card connects. Source:
 * docs/readers.md, vpcd. A frame is a length of two bytes and that many bytes; a frame of one byte from
 * vpcd is a control: 00 power off, 01 power on, 02 reset, 04 get ATR. Only 04 and APDUs are answered,
 * never with an empty frame, which would wedge pcscd: a card that is torn closes its socket instead.
 */
import { connect, type Socket } from 'node:net';
import { readUint, writeUint } from '../../src/bytes/integer.ts';
import { concat } from '../../src/bytes/concat.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { VirtualDevice } from '../card/virtual-device.ts';
import { CardTorn } from '../memory/card-torn.ts';

/** Slot 0 of vpcd listens here, slot 1 on the next port. */
export const VPCD_PORT = 35963;

const LENGTH_SIZE = 2;
const POWER_OFF = 0x00;
const POWER_ON = 0x01;
const RESET = 0x02;
const GET_ATR = 0x04;
/** The longest command is an extended one with FFFF bytes of data, but no frame carries it. */
const FRAME_MAX = 4096;
/** Why a line ended that nobody lost. */
const REMOVED = 'the card was removed';

/** What happens on the line, for whoever shows or saves it. */
export type VpcdEvent =
  | { readonly kind: 'connected' }
  | {
      readonly kind: 'disconnected';
      readonly reason: string;
      /** Whether the card comes back by itself, which a torn or removed one does not. */
      readonly isComingBack: boolean;
    }
  | { readonly kind: 'exchange'; readonly command: Uint8Array; readonly response: Uint8Array };

export interface VpcdOptions {
  readonly host?: string;
  readonly port?: number;
  /** Connects again this long after the line was lost; never when left out. */
  readonly reconnectMs?: number;
  /** Called with each APDU before the card has it: the place to put a tear. */
  readonly beforeCommand?: (command: Uint8Array) => void;
  /** What it throws ends the connection, with no answer sent: `done` rejects with it. */
  readonly onEvent?: (event: VpcdEvent) => void;
}

/** A card in a virtual reader. */
export interface VpcdConnection {
  /** Resolves when the card is out of the reader for good: stopped, or lost with no reconnection. */
  readonly done: Promise<void>;
  /** Takes the card out until `insert`; for good where there is no reconnection. */
  remove(): void;
  /** Puts a card in that was removed or torn; one that is in stays in. */
  insert(): void;
  /** Ends the connection; resolves when the socket is closed, and rejects as `done` does. */
  stop(): Promise<void>;
}

function frame(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(LENGTH_SIZE + bytes.length);
  writeUint(framed, 0, LENGTH_SIZE, bytes.length);
  framed.set(bytes, LENGTH_SIZE);
  return framed;
}

/** Cuts a stream into frames. */
class FrameReader {
  #rest: Uint8Array = new Uint8Array(0);

  /** The frames that `chunk` completes. @throws DECODE_FAILED on one that is too long. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    const frames: Uint8Array[] = [];
    let bytes = this.#rest.length === 0 ? chunk : concat(this.#rest, chunk);
    while (bytes.length >= LENGTH_SIZE) {
      const length = readUint(bytes, 0, LENGTH_SIZE);
      if (length > FRAME_MAX) {
        throw new Fault(
          'LIMIT_EXCEEDED',
          `"vpcd frame" expected ${FRAME_MAX} bytes, got ${length}`,
        );
      }
      if (bytes.length < LENGTH_SIZE + length) break;
      frames.push(bytes.slice(LENGTH_SIZE, LENGTH_SIZE + length));
      bytes = bytes.subarray(LENGTH_SIZE + length);
    }
    this.#rest = bytes.slice();
    return frames;
  }
}

/**
 * The answer to a frame from vpcd; undefined where none is sent.
 * @throws CARD_GONE for a command without power; CardTorn
 */
function answer(card: VirtualDevice, request: Uint8Array): Uint8Array | undefined {
  if (request.length === 0) return undefined;
  if (request.length > 1) {
    if (card.memory.isPowered) return card.process(request);
    throw new Fault('CARD_GONE', '"card" expected power before a command, got none');
  }
  switch (request[0] ?? POWER_OFF) {
    case POWER_OFF:
      card.powerOff();
      return undefined;
    case POWER_ON:
    case RESET:
      card.powerUp();
      return undefined;
    case GET_ATR:
      return card.atr;
    default:
      return undefined;
  }
}

class VpcdLine implements VpcdConnection {
  readonly done: Promise<void>;
  readonly #card: VirtualDevice;
  readonly #options: VpcdOptions;
  #socket: Socket | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;
  /** Torn or removed: a lost line alone does not bring it back. */
  #isOut = false;
  #failure: Error | null = null;
  #finish: () => void = () => undefined;

  constructor(card: VirtualDevice, options: VpcdOptions) {
    this.#card = card;
    this.#options = options;
    this.done = new Promise((resolve, reject) => {
      this.#finish = () => {
        if (this.#failure === null) resolve();
        else reject(this.#failure);
      };
    });
    this.#connect();
  }

  remove(): void {
    this.#isOut = true;
    if (this.#timer !== null) {
      this.#clearTimer();
      const isTold = this.#tell({ kind: 'disconnected', reason: REMOVED, isComingBack: false });
      if (!isTold) this.#finish();
    }
    this.#socket?.destroy();
  }

  insert(): void {
    this.#isOut = false;
    const isIn = this.#socket !== null || this.#timer !== null;
    if (!isIn && !this.#isStopped) this.#connect();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#clearTimer();
    if (this.#socket === null) this.#finish();
    else this.#socket.destroy();
    await this.done;
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #connect(): void {
    const { host = '127.0.0.1', port = VPCD_PORT } = this.#options;
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    const reader = new FrameReader();
    let reason = '';
    const close = (error: unknown): void => {
      reason = error instanceof Error ? error.message : String(error);
      socket.destroy();
    };
    socket.on('connect', () => {
      if (!this.#tell({ kind: 'connected' })) socket.destroy();
    });
    socket.on('error', close);
    socket.on('data', (chunk: Uint8Array) => {
      try {
        for (const request of reader.push(chunk)) this.#serve(socket, request);
      } catch (error) {
        // A torn card is mute and an overlong frame has no end: both close the line.
        if (error instanceof CardTorn) this.#isOut = true;
        else if (!(error instanceof Fault)) this.#fail(error);
        close(error);
      }
    });
    socket.on('close', () => this.#lost(reason === '' ? this.#whyClosed() : reason));
  }

  #whyClosed(): string {
    if (this.#isStopped) return 'stopped';
    return this.#isOut ? REMOVED : 'the line was closed';
  }

  #serve(socket: Socket, request: Uint8Array): void {
    const isCommand = request.length > 1;
    if (isCommand) this.#options.beforeCommand?.(request);
    const response = answer(this.#card, request);
    if (response === undefined || response.length === 0) return;
    // Told first: whoever saves the card does so before the reader has the answer.
    const isTold = !isCommand || this.#tell({ kind: 'exchange', command: request, response });
    if (isTold) socket.write(frame(response));
    else socket.destroy();
  }

  #lost(reason: string): void {
    this.#socket = null;
    this.#card.powerOff();
    const { reconnectMs } = this.#options;
    const isOver = (): boolean => this.#isStopped || reconnectMs === undefined;
    this.#tell({ kind: 'disconnected', reason, isComingBack: !isOver() && !this.#isOut });
    if (isOver()) this.#finish();
    else if (!this.#isOut) {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.#connect();
      }, reconnectMs);
    }
  }

  /** False when the listener threw, which ends the connection. */
  #tell(event: VpcdEvent): boolean {
    try {
      this.#options.onEvent?.(event);
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#isStopped = true;
  }
}

/**
 * Connects a card to vpcd; it stays until `stop`, or until the line is lost with no reconnection. With
 * reconnection a torn or removed card stays out until `insert`.
 */
export function connectVpcd(card: VirtualDevice, options: VpcdOptions = {}): VpcdConnection {
  return new VpcdLine(card, options);
}
