// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../../src/bytes/hex.ts';
import { Fault } from '../../../../src/errors/fault.ts';
import type { CardChannel } from '../../../../src/ports/card-channel.ts';
import { lineFaultOf } from '../../../../terminal/reader/line-fault.ts';
import { TestClock } from '../world.ts';
import { newRecording } from './recording.ts';

const answering = (answer: () => Promise<Uint8Array>): CardChannel => ({
  transceive: answer,
  close: () => Promise.resolve(),
});
const success = answering(() => Promise.resolve(fromHex('9000')));

async function recorded(command: string, reveal = false): Promise<string> {
  const recording = newRecording(new TestClock(), reveal);
  await recording.wrap(success, 'card').transceive(fromHex(command));
  return recording.text;
}

describe('a recording', () => {
  it('says when it began, what is where, and what every command and answer means', async () => {
    const recording = newRecording();
    const card = recording.wrap(success, 'card', { reader: 'Desk  \n1', atr: fromHex('3B80') });
    await card.transceive(fromHex('805C000204'));
    expect(recording.text.split('\n')).toEqual([
      'openpurse-transcript 1',
      '# 2026-02-03 08:15:30 UTC',
      'currency INR',
      '',
      'card present 3B80 Desk 1',
      '',
      'card > 805C000204',
      '#   GET BALANCE, purse',
      'card < 9000',
      '#   9000 success',
      '',
    ]);
  });

  it('tells how long the card took', async () => {
    const clock = new TestClock();
    const recording = newRecording(clock);
    const slow = answering(() => {
      clock.advanceMinutes(1);
      return Promise.resolve(fromHex('9000'));
    });
    await recording.wrap(slow, 'card').transceive(fromHex('805C000204'));
    expect(recording.text).toContain('#   9000 success, after 60000 ms\n');
  });

  it.each([
    ['the PIN of VERIFY', '0020000003123456', '0020000003******'],
    ['the PINs of CHANGE PIN', '805E010007123456FF654321', '805E010007**************'],
    ['a PIN in a command that is cut short', '0020000008123456', '0020000008******'],
    ['the key of WRITE KEY', '80D401000500112233AA', '80D4010005**********'],
    ['the keys of PUT KEY', '84D8000004AABBCCDD', '84D8000004********'],
    ['what STORE DATA carries', '80E2000002AABB', '80E2000002****'],
  ])('masks %s unless it is asked to reveal it', async (_name, command, masked) => {
    const secret = command.slice(10);
    const hidden = await recorded(command);
    expect(hidden).toContain(`card > ${masked}\n`);
    expect(hidden).not.toContain(secret);
    expect(await recorded(command, true)).toContain(`card > ${command}\n`);
  });

  it('does not mask the records of APPEND RECORD, which has the INS of STORE DATA', async () => {
    expect(await recorded('00E2000002AABB')).toContain('card > 00E2000002AABB\n');
  });

  it('tells what is known of a line that failed, and passes the fault on', async () => {
    const recording = newRecording();
    const gone = answering(() => Promise.reject(lineFaultOf(new Error('gone (0x80100069)'))));
    const command = recording.wrap(gone, 'card').transceive(fromHex('805C000204'));
    await expect(command).rejects.toMatchObject({ code: 'CARD_GONE', kind: 'removed' });
    expect(recording.text).toMatch(/\ncard ! removed 80100069 "card" expected an answer, got .+\n/);
    expect(recording.text).toContain('the outcome of the command is unknown');
  });

  it('tells the code of any other fault, and an answer that is empty', async () => {
    const recording = newRecording();
    const fault = answering(() => Promise.reject(new Fault('SAM_UNUSABLE', '"sam" is locked')));
    await expect(recording.wrap(fault, 'sam').transceive(fromHex('00'))).rejects.toThrow(Fault);
    const silent = answering(() => Promise.resolve(new Uint8Array(0)));
    await recording.wrap(silent, 'card').transceive(fromHex('805C000204'));
    expect(recording.text).toContain('\nsam ! SAM_UNUSABLE - "sam" is locked\n');
    expect(recording.text).toContain('\ncard < -\n#   no answer: the outcome is unknown\n');
  });
});
