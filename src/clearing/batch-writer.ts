// SPDX-License-Identifier: MIT
import { concat } from '../bytes/concat.ts';
import { Sha256, sha256 } from '../crypto/sha256.ts';
import { ed25519PublicKey, ed25519Sign } from '../crypto/ed25519.ts';
import { Fault } from '../errors/fault.ts';
import { invariant } from '../errors/invariant.ts';
import { BATCH_HEADER, BATCH_TRAILER, SIGNATURE_DOMAIN, type BatchHeader } from './batch-layout.ts';
import { BatchAccumulator } from './batch-totals.ts';
import { LIMITS } from './limits.table.ts';
import { RECORD_SIZE } from './record.ts';

/** The key id of a batch header: the first 8 bytes of the SHA-256 of the public key. */
export function signingKeyId(publicKey: Readonly<Uint8Array>): Uint8Array {
  return sha256(publicKey).slice(0, 8);
}

/**
 * Writes a batch piece by piece, one record in memory at a time.
 * `records` are encoded records in terminal sequence, `seed` the terminal's Ed25519 secret.
 * @throws LIMIT_EXCEEDED above the number of records of one batch; DECODE_FAILED on foreign records.
 */
export function* writeBatch(
  header: Omit<BatchHeader, 'signingKeyId'>,
  records: Iterable<Uint8Array>,
  seed: Readonly<Uint8Array>,
): Generator<Uint8Array, void> {
  if (header.recordCount > LIMITS.batchRecords.max) {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `"records" expected at most ${LIMITS.batchRecords.max}, got ${header.recordCount}`,
    );
  }
  const keyId = signingKeyId(ed25519PublicKey(seed));
  const headerBytes = BATCH_HEADER.encode({ ...header, signingKeyId: keyId });
  const digest = new Sha256().update(headerBytes);
  const accumulator = new BatchAccumulator(header.terminalId);
  yield headerBytes;
  for (const record of records) {
    invariant(record.length === RECORD_SIZE, `"record" expected ${RECORD_SIZE} bytes`);
    accumulator.addRecord(record, 0);
    digest.update(record);
    yield record;
  }
  invariant(
    accumulator.recordCount === header.recordCount,
    '"recordCount" expected the number of records',
  );
  const trailer = BATCH_TRAILER.encode({
    ...accumulator.totals(),
    firstSequence: accumulator.firstSequence,
    lastSequence: accumulator.lastSequence,
    digest: digest.digest(),
  });
  yield trailer;
  yield ed25519Sign(seed, concat(SIGNATURE_DOMAIN, headerBytes, trailer));
}
