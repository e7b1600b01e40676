// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { openInProcess } from '../../card-applet-sim/transport/in-process.ts';
import { issueCard, prepareDebit, selectPurse } from '../unit/card/card-fixtures.ts';
import { cardChannelContract } from './card-channel.ts';

cardChannelContract('in process', async () => openInProcess(issueCard('aes')));

describe('in-process channel', () => {
  const select = fromHex(selectPurse('aes'));
  const gone = { code: 'CARD_GONE' };
  const balance = fromHex('805C000204');

  it('makes a tear an empty answer, and rejects from then on', async () => {
    const card = issueCard('aes', { initial: { purseBalance: 9 } });
    const channel = openInProcess(card);
    await channel.transceive(select);
    const { command } = prepareDebit(card, 'aes', {
      ...{ p1: '01', type: '06', account: '02', amount: 4 },
    });
    card.memory.placeTear({ phase: 'response' });
    expect(await channel.transceive(fromHex(command))).toHaveLength(0);
    await expect(channel.transceive(balance)).rejects.toMatchObject(gone);
    const again = openInProcess(card);
    await again.transceive(select);
    expect(toHex(await again.transceive(balance))).toBe('000000059000');
  });

  it('rejects when the card was removed, or presented elsewhere', async () => {
    const card = issueCard('aes');
    const first = openInProcess(card);
    first.remove();
    await expect(first.transceive(select)).rejects.toMatchObject(gone);
    const second = openInProcess(card);
    const third = openInProcess(card);
    await expect(second.transceive(select)).rejects.toMatchObject(gone);
    // Closing a line that was lost does not take the card from the new one.
    await second.close();
    expect(toHex(await third.transceive(select))).toMatch(/9000$/);
  });

  it('has no card when the recovery is torn', async () => {
    const card = issueCard('aes', { initial: { purseBalance: 9 } });
    const channel = openInProcess(card);
    await channel.transceive(select);
    const { command } = prepareDebit(card, 'aes', {
      ...{ p1: '01', type: '06', account: '02', amount: 4 },
    });
    card.memory.placeTear({ phase: 'after', write: 2 });
    expect(await channel.transceive(fromHex(command))).toHaveLength(0);
    card.memory.placeTear({ phase: 'inside', write: 1 });
    expect(() => openInProcess(card)).toThrow(expect.objectContaining(gone));
    expect(() => openInProcess(card)).not.toThrow();
  });
});
