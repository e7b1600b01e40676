// SPDX-License-Identifier: MIT
/** Recognises terminals by the signature of a request (src/clearing/signed-request.ts). */
import {
  REQUEST_AGE_MAX_SECONDS,
  type RequestTarget,
  type SignedRequest,
} from '../../src/clearing/signed-request.ts';
import { Fault } from '../../src/errors/fault.ts';
import { plusMs, type Instant } from '../../src/time/instant.ts';
import type { HostStore } from '../store/store.ts';
import type { Actor } from './actor.ts';

/** A request may be dated so far ahead, and is then good for as long again. */
const NONCE_KEPT_MS = 2 * REQUEST_AGE_MAX_SECONDS * 1000;

/**
 * The terminal that signed a request. Each request counts once: its nonce is kept, on disk, for as long as
 * its time would let it through.
 * @throws NOT_AUTHENTICATED
 */
export function terminalOfRequest(
  { store, now }: { readonly store: HostStore; readonly now: Instant },
  request: SignedRequest,
  target: RequestTarget,
): Actor {
  const { terminalId, createdSeconds, nonce } = request;
  const terminal = store.terminal(terminalId);
  if (terminal === undefined || !request.isSignedBy(terminal.publicKey, target)) {
    throw new Fault(
      'NOT_AUTHENTICATED',
      `"signature" expected that of the enrolled terminal ${terminalId} over this request`,
    );
  }
  const seconds = Math.floor(now / 1000);
  if (Math.abs(seconds - createdSeconds) > REQUEST_AGE_MAX_SECONDS) {
    throw new Fault(
      'NOT_AUTHENTICATED',
      `"created" expected within ${REQUEST_AGE_MAX_SECONDS} s of ${seconds}, the time of the host, got ${createdSeconds}`,
    );
  }
  const isNew = store.transaction(() => {
    store.deleteNonces(plusMs(now, -NONCE_KEPT_MS));
    return store.insertNonce(terminalId, nonce, now);
  });
  if (!isNew) {
    throw new Fault('NOT_AUTHENTICATED', '"nonce" expected a new one, got one that was used');
  }
  return { name: terminalId, role: 'terminal', merchant: terminal.merchant };
}
