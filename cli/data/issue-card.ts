// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { issueCard, type NewCard } from '../../simulation/world/issuing.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { Context } from '../context.ts';
import { CardFiles } from './card-files.ts';

/** Personalises a card into a file and registers it with the host of the folder. @throws CARD_EXISTS, FILE_EXISTS */
export async function issueCardFile(
  context: Context,
  name: string,
  card: NewCard,
): Promise<string> {
  const files = new CardFiles(context.data);
  const path = files.pathOf(name);
  if (existsSync(path))
    throw new Fault('FILE_EXISTS', `"name" expected a new card, ${path} exists`);
  const keys = context.keys();
  const memory = issueCard(keys, card);
  const { serial, suite, keyVersion } = card;
  await context.withHost(keys, (host) => host.registerCard({ serial, suite, keyVersion }));
  files.create(path, memory);
  return path;
}
