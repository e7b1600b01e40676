// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { knownLot } from '../../host/issuing/lots.ts';
import { DEFAULT_VALIDITY, issueCard, type NewCard } from '../../simulation/world/issuing.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { Context } from '../context.ts';
import { CardFiles } from './card-files.ts';

/**
 * Personalises a card into a file and registers it with the host of the folder; a card of a lot is what the
 * lot says.
 * @throws CARD_EXISTS, FILE_EXISTS, LOT_NOT_FOUND, CONFIG_INVALID
 */
export async function issueCardFile(
  context: Context,
  name: string,
  card: NewCard & { readonly lot?: string },
): Promise<string> {
  const files = new CardFiles(context.data);
  const path = files.pathOf(name);
  if (existsSync(path))
    throw new Fault('FILE_EXISTS', `"name" expected a new card, ${path} exists`);
  const keys = context.keys();
  const { serial, suite, keyVersion, lot, validity = DEFAULT_VALIDITY } = card;
  const memory = issueCard(keys, { ...card, validity });
  const inLot = lot === undefined ? {} : { lot };
  await context.withHost(keys, (host) =>
    host.registerCard({ serial, suite, keyVersion, validity, ...inLot }),
  );
  files.create(path, memory);
  return path;
}

/** What cards of a lot are like. @throws LOT_NOT_FOUND */
export async function cardOfLot(
  context: Context,
  id: string,
): Promise<Pick<NewCard, 'keyVersion' | 'suite'> & Required<Pick<NewCard, 'validity'>>> {
  return context.withHost(context.keys(), (host) => {
    const { suite, keyVersion, validFrom, validUntil } = knownLot(host.store, id);
    return Promise.resolve({ suite, keyVersion, validity: { from: validFrom, until: validUntil } });
  });
}
