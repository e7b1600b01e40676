// SPDX-License-Identifier: MIT
/** The line to vpcd, against a small server that speaks vpcd's side. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromHex } from '../../../src/bytes/hex.ts';
import type { VirtualCard } from '../../../card-applet-sim/card/virtual-card.ts';
import {
  connectVpcd,
  type VpcdConnection,
  type VpcdEvent,
  type VpcdOptions,
} from '../../../card-applet-sim/transport/vpcd.ts';
import { apdu, hex, issueCard, prepareDebit, selectPurse } from './card-fixtures.ts';
import { until, VpcdReader } from './vpcd-reader.ts';

const POWER_OFF = '00';
const POWER_ON = '01';
const RESET = '02';
const GET_ATR = '04';
const ATR = '3B8980016F70656E7075727365';

describe('vpcd', () => {
  let reader: VpcdReader;
  let card: VirtualCard;
  let connection: VpcdConnection;
  let events: VpcdEvent[];

  async function insert(options: VpcdOptions = {}): Promise<void> {
    const count = reader.sockets.length;
    connection = connectVpcd(card, {
      port: reader.port,
      onEvent: (event) => events.push(event),
      ...options,
    });
    await until(() => reader.sockets.length > count);
  }

  beforeEach(async () => {
    reader = await VpcdReader.listen();
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
    await insert({ reconnectMs: 5 });
    reader.socket.destroy();
    const count = reader.sockets.length;
    await until(() => reader.sockets.length > count);
    reader.frame(POWER_ON);
    expect(await reader.exchange(apdu('00A40000', '3F00'))).toMatch(/9000$/);
    expect(events.filter(({ kind }) => kind === 'connected').length).toBeGreaterThanOrEqual(3);
  });

  it('stops while it waits to come back, and twice', async () => {
    await connection.stop();
    await insert({ reconnectMs: 60_000 });
    reader.socket.destroy();
    await until(() => events.filter(({ kind }) => kind === 'disconnected').length === 2);
    await connection.stop();
    await connection.stop();
    await connection.done;
    expect(reader.sockets).toHaveLength(2);
  });

  it('leaves a torn card out until it is inserted, and recovers it then', async () => {
    await connection.stop();
    await insert({
      reconnectMs: 1,
      beforeCommand: (bytes) => {
        if (bytes[1] === 0x54) card.memory.placeTear({ phase: 'after', write: 2 });
      },
    });
    reader.frame(POWER_ON);
    await reader.exchange(selectPurse('aes'));
    const { command } = prepareDebit(card, 'aes', {
      ...{ p1: '01', type: '06', account: '02', amount: 40 },
    });
    expect(await reader.exchange(command)).toBe('');
    await until(() => events.at(-1)?.kind === 'disconnected');
    expect(events.at(-1)).toMatchObject({
      isComingBack: false,
      reason: expect.stringMatching(/lost power after/) as string,
    });
    const count = reader.sockets.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(reader.sockets).toHaveLength(count);

    connection.insert();
    await until(() => reader.sockets.length > count);
    reader.frame(POWER_ON);
    await reader.exchange(selectPurse('aes'));
    expect(await reader.exchange('805C000204')).toBe('0000003C9000');
  });

  it('comes back after a command without power, which is no tear', async () => {
    await connection.stop();
    await insert({ reconnectMs: 1 });
    expect(await reader.exchange(selectPurse('aes'))).toBe('');
    await until(() => reader.sockets.length === 3);
    expect(events.at(-1)).toMatchObject({ kind: 'connected' });
  });

  it('takes a card out and puts it in, while the line is there and while it is not', async () => {
    await connection.stop();
    await insert({ reconnectMs: 60_000 });
    connection.insert();
    connection.remove();
    await until(() => events.at(-1)?.kind === 'disconnected');
    expect(events.at(-1)).toMatchObject({ isComingBack: false, reason: 'the card was removed' });
    connection.insert();
    await until(() => reader.sockets.length === 3);
    // A lost line waits for vpcd; removed meanwhile, the card waits for a hand.
    reader.socket.destroy();
    await until(() => events.at(-1)?.kind === 'disconnected');
    expect(events.at(-1)).toMatchObject({ isComingBack: true });
    connection.remove();
    expect(events.at(-1)).toMatchObject({ isComingBack: false });
    connection.insert();
    await until(() => reader.sockets.length === 4);
    connection.remove();
    await connection.stop();
  });

  it('sends no answer when what it shows cannot be kept, and ends with that error', async () => {
    await connection.stop();
    await insert({
      reconnectMs: 1,
      onEvent: ({ kind }) => {
        if (kind === 'exchange') throw new Error('disk full');
      },
    });
    reader.frame(POWER_ON);
    const ended = expect(connection.done).rejects.toThrow('disk full');
    expect(await reader.exchange(selectPurse('aes'))).toBe('');
    await ended;
    await expect(connection.stop()).rejects.toThrow('disk full');
    await insert();
  });

  it('ends when nobody listens', async () => {
    const { port } = reader;
    await reader.close();
    const lonely = connectVpcd(card, { port, onEvent: (event) => events.push(event) });
    await lonely.done;
    expect(events.at(-1)?.kind).toBe('disconnected');
  });
});
