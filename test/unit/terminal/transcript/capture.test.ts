// SPDX-License-Identifier: MIT
/** Captures, block by block, and as tshark reads them where it is installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { concat } from '../../../../src/bytes/concat.ts';
import { fromHex, toHex } from '../../../../src/bytes/hex.ts';
import { lineFaultOf } from '../../../../terminal/reader/line-fault.ts';
import { captureSink } from '../../../../terminal/transcript/capture.ts';
import { recordTo } from '../../../../terminal/transcript/record.ts';
import type { Role } from '../../../../terminal/transcript/session-event.ts';
import { TestClock } from '../world.ts';

const tshark = spawnSync('tshark', ['--version']);
const missing = tshark.error === undefined ? undefined : tshark.error.message;
if (missing !== undefined) process.stderr.write(`tshark is not tried: ${missing}\n`);

interface Step {
  readonly role: Role;
  readonly command: string;
  /** Hexadecimal; undefined when the card leaves. */
  readonly answer: string | undefined;
}

const ATR = '3B8980016F70656E70757273657D';
const SELECT = '00A4040007F04F505552534500';
const INITIALIZE = '805001020B01000004E200112233445513';
const INITIALIZED = '000027100000000000018800000000000000019000';

/** A card that says who it is, begins a purchase, checks a PIN, and leaves; and a SAM that is silent. */
const STEPS: readonly Step[] = [
  { role: 'card', command: SELECT, answer: '9000' },
  { role: 'card', command: INITIALIZE, answer: INITIALIZED },
  { role: 'card', command: '0020000003123456', answer: '63C2' },
  { role: 'sam', command: '00B0950000', answer: '' },
  { role: 'card', command: '805C000204', answer: undefined },
];

async function capture(): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  const sink = captureSink((block) => blocks.push(block));
  const answers = STEPS.map(({ answer }) => answer);
  const channel = {
    transceive: () => {
      const answer = answers.shift();
      if (answer === undefined) return Promise.reject(lineFaultOf(new Error('0x80100069')));
      return Promise.resolve(fromHex(answer));
    },
    close: () => Promise.resolve(),
  };
  const about = { currency: 'INR', clock: new TestClock() } as const;
  const lines = {
    card: recordTo(channel, sink, { ...about, role: 'card', reader: 'Desk', atr: fromHex(ATR) }),
    sam: recordTo(channel, sink, { ...about, role: 'sam' }),
  };
  for (const { role, command } of STEPS) {
    await lines[role].transceive(fromHex(command)).catch(() => undefined);
  }
  return concat(...blocks);
}

/** The blocks of a little-endian pcapng file; each must say its length twice. */
function blocksOf(file: Uint8Array): readonly { type: number; body: DataView }[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const blocks = [];
  for (let at = 0; at < file.length;) {
    const length = view.getUint32(at + 4, true);
    expect(length % 4).toBe(0);
    expect(view.getUint32(at + length - 4, true)).toBe(length);
    const body = new DataView(file.buffer, file.byteOffset + at + 8, length - 12);
    blocks.push({ type: view.getUint32(at, true), body });
    at += length;
  }
  return blocks;
}

describe('a capture', () => {
  it('has one section, an interface each for card and SAM, and a packet for every event', async () => {
    const blocks = blocksOf(await capture());
    const types = [0x0a0d0d0a, 1, 1, ...Array.from({ length: 2 + 2 * STEPS.length }, () => 6)];
    expect(blocks.map(({ type }) => type)).toEqual(types);
    expect(blocks[0]?.body.getUint32(0, true)).toBe(0x1a2b3c4d);
    expect(blocks[1]?.body.getUint16(0, true)).toBe(252);
  });

  it('has the time of the clock in milliseconds', async () => {
    const packet = blocksOf(await capture())[3]?.body;
    const at = (packet?.getUint32(4, true) ?? 0) * 2 ** 32 + (packet?.getUint32(8, true) ?? 0);
    expect(new Date(at).toISOString()).toBe('2026-02-03T08:15:30.000Z');
  });

  it('does not have the PIN: its packet is cut, and says how long it was', async () => {
    const file = await capture();
    expect(toHex(file)).not.toContain('123456');
    const packet = blocksOf(file)[9]?.body;
    expect((packet?.getUint32(16, true) ?? 0) - (packet?.getUint32(12, true) ?? 0)).toBe(3);
  });
});

type Layers = Readonly<Record<string, readonly string[]>>;

const FIELDS = [
  'frame.interface_name',
  'frame.comment',
  'iso7816.atr.historical_bytes',
  'iso7816.apdu.ins',
  'iso7816.apdu.sw1',
  'gsm_sim.apdu.ins',
  'gsm_sim.apdu.p3',
  'gsm_sim.apdu.sw',
] as const;

describe.skipIf(missing !== undefined)('tshark', () => {
  it('reads ATR, commands and status words, and shows what they mean', async () => {
    const fields = FIELDS.flatMap((field) => ['-e', field]);
    const folder = mkdtempSync(join(tmpdir(), 'openpurse-capture-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'session.pcapng');
    writeFileSync(file, await capture());
    const { stdout, stderr } = spawnSync('tshark', ['-r', file, '-T', 'json', ...fields], {
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(`tshark expected packets, got ${stderr}`);
    // What is not there as expected fails below.
    const packets = JSON.parse(stdout) as readonly { _source: { layers: Layers } }[];
    const comment = (text: string): object => ({
      'frame.comment': [expect.stringContaining(text) as string],
    });
    const card = { 'frame.interface_name': ['card'] };
    const sam = { 'frame.interface_name': ['sam'] };
    expect(packets.map(({ _source }) => _source.layers)).toMatchObject([
      {
        ...card,
        ...comment('card present in Desk'),
        'iso7816.atr.historical_bytes': ['6f70656e7075727365'],
      },
      { ...sam, ...comment('sam present') },
      { ...card, ...comment('SELECT, by name'), 'iso7816.apdu.ins': ['0xa4'] },
      { ...card, ...comment('9000 success'), 'iso7816.apdu.sw1': ['0x90'] },
      {
        ...card,
        ...comment('INITIALIZE FOR PURCHASE'),
        'gsm_sim.apdu.ins': ['0x50'],
        'gsm_sim.apdu.p3': ['0x0b'],
      },
      { ...card, ...comment('= 100.00 INR'), 'gsm_sim.apdu.sw': ['0x9000'] },
      { ...card, ...comment('VERIFY'), 'iso7816.apdu.ins': ['0x20'] },
      { ...card, ...comment('63C2'), 'iso7816.apdu.sw1': ['0x63'] },
      { ...sam, ...comment('READ BINARY'), 'iso7816.apdu.ins': ['0xb0'] },
      { ...sam, ...comment('the outcome is unknown') },
      { ...card, ...comment('GET BALANCE'), 'gsm_sim.apdu.ins': ['0x5c'] },
      { ...card, ...comment('the outcome of the command is unknown') },
    ]);
  }, 60_000);
});
