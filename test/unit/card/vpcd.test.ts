// SPDX-License-Identifier: MIT
/** The line to vpcd, against a small server that speaks vpcd's side. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import type { VirtualCard } from '../../../card-applet-sim/card/virtual-card.ts';
import {
  connectVpcd,
  type VpcdConnection,
  type VpcdEvent,
} from '../../../card-applet-sim/transport/vpcd.ts';
import { apdu, hex, issueCard, prepareDebit, selectPurse } from './card-fixtures.ts';

/** vpcd's end: it waits for cards and cuts what they send into frames. */
class Reader {
  readonly #server: Server;
  readonly sockets: Socket[] = [];
  #bytes = '';

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.sockets.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        this.#bytes += toHex(chunk);
      });
    });
  }

  static async listen(): Promise<Reader> {
    const server = createServer();
    const reader = new Reader(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return reader;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get socket(): Socket {
    const last = this.sockets.at(-1);
    if (last === undefined) throw new Error('no card in the reader');
    return last;
  }

  /** Everything that cards sent so far. */
  get received(): string {
    return this.#bytes;
  }

  write(bytes: string): void {
    this.socket.write(fromHex(bytes));
  }

  frame(bytes: string): void {
    this.write(hex(bytes.length / 2, 2) + bytes);
  }

  /** Sends a frame and waits for one whole frame back. */
  async exchange(bytes: string): Promise<string> {
    const start = this.#bytes.length;
    this.frame(bytes);
    await until(() => {
      const length = Number.parseInt(this.#bytes.slice(start, start + 4), 16);
      return this.#bytes.length >= start + 4 + 2 * length;
    });
    return this.#bytes.slice(start + 4);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function until(isReached: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!isReached()) {
    if (performance.now() > deadline) throw new Error('waited 5 seconds in vain');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const POWER_OFF = '00';
const POWER_ON = '01';
const RESET = '02';
const GET_ATR = '04';
const ATR = '3B8980016F70656E7075727365';

describe('vpcd', () => {
  let reader: Reader;
  let card: VirtualCard;
  let connection: VpcdConnection;
  let events: VpcdEvent[];

  async function insert(reconnectMs?: number): Promise<void> {
    const count = reader.sockets.length;
    connection = connectVpcd(card, {
      port: reader.port,
      onEvent: (event) => events.push(event),
      ...(reconnectMs === undefined ? {} : { reconnectMs }),
    });
    await until(() => reader.sockets.length > count);
  }

  beforeEach(async () => {
    reader = await Reader.listen();
    card = issueCard('aes', { initial: { purseBalance: 100 } });
    events = [];
    await insert();
  });

  afterEach(async () => {
    await connection.stop();
    await reader.close();
  });

  it('answers the ATR and APDUs, and nothing else', async () => {
    reader.frame(POWER_ON);
    const atr = await reader.exchange(GET_ATR);
    expect(atr.slice(0, ATR.length)).toBe(ATR);
    // TCK makes the exclusive or of everything after TS zero.
    expect(
      fromHex(atr)
        .slice(1)
        .reduce((sum, byte) => sum ^ byte, 0),
    ).toBe(0);
    expect(await reader.exchange(selectPurse('aes'))).toMatch(/^6F.*9000$/);
    expect(await reader.exchange('805C000204')).toBe('000000649000');
    const sent = reader.received;
    for (const control of [POWER_OFF, POWER_ON, RESET, '03', 'FF']) reader.frame(control);
    expect(await reader.exchange(GET_ATR)).toBe(atr);
    expect(reader.received).toBe(`${sent}${hex(atr.length / 2, 2)}${atr}`);
  });

  it.each([POWER_ON, RESET])('starts the session anew on control %s', async (control) => {
    reader.frame(POWER_ON);
    await reader.exchange(selectPurse('aes'));
    reader.frame(control);
    expect(await reader.exchange('805C000204')).toBe('6985');
  });

  it('reads frames however they are cut, and several in one piece', async () => {
    reader.frame(POWER_ON);
    const select = selectPurse('aes');
    const framed = `000C${select}`;
    for (const digit of framed.match(/../g) ?? []) {
      reader.write(digit);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await until(() => reader.received.endsWith('9000'));
    reader.write(`0005805C000204${framed}0005805C000204`);
    await until(() => (reader.received.match(/0006000000649000/g) ?? []).length === 2);
  });

  it('ignores an empty frame and a garbage APDU gets a status word', async () => {
    reader.frame(POWER_ON);
    reader.write('0000');
    expect(await reader.exchange('0102')).toBe('6700');
    expect(await reader.exchange('FFFFFFFFFFFF')).toBe('6E00');
    expect(reader.received).not.toContain('0000'.repeat(2));
  });

  it('leaves on a frame that is too long', async () => {
    reader.write('FFFF');
    await connection.done;
    expect(events.at(-1)).toMatchObject({
      kind: 'disconnected',
      reason: '"vpcd frame" expected 4096 bytes, got 65535',
    });
  });

  it('falls silent and leaves when it is torn, and sends no empty frame', async () => {
    reader.frame(POWER_ON);
    await reader.exchange(selectPurse('aes'));
    const { command } = prepareDebit(card, 'aes', {
      ...{ p1: '01', type: '06', account: '02', amount: 40 },
    });
    const before = reader.received;
    card.memory.placeTear({ phase: 'after', write: 2 });
    reader.frame(command);
    await connection.done;
    expect(reader.received).toBe(before);
    await insert();
    reader.frame(POWER_ON);
    await reader.exchange(selectPurse('aes'));
    expect(await reader.exchange('805C000204')).toBe('0000003C9000');
  });

  it('comes back after the line was lost, when asked to', async () => {
    await connection.stop();
    await insert(5);
    reader.socket.destroy();
    const count = reader.sockets.length;
    await until(() => reader.sockets.length > count);
    reader.frame(POWER_ON);
    expect(await reader.exchange(apdu('00A40000', '3F00'))).toMatch(/9000$/);
    expect(events.filter(({ kind }) => kind === 'connected').length).toBeGreaterThanOrEqual(3);
  });

  it('stops while it waits to come back, and twice', async () => {
    await connection.stop();
    await insert(60_000);
    reader.socket.destroy();
    await until(() => events.filter(({ kind }) => kind === 'disconnected').length === 2);
    await connection.stop();
    await connection.stop();
    await connection.done;
    expect(reader.sockets).toHaveLength(2);
  });

  it('ends when nobody listens', async () => {
    const { port } = reader;
    await reader.close();
    const lonely = connectVpcd(card, { port, onEvent: (event) => events.push(event) });
    await lonely.done;
    expect(events.at(-1)?.kind).toBe('disconnected');
  });
});
