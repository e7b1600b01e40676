// SPDX-License-Identifier: MIT
/** A small server that speaks vpcd's side of the line, for tests. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';

/** vpcd's end: it waits for cards and cuts what they send into frames. */
export class VpcdReader {
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

  /** At a free port, or at the one that is given. @throws where that one is taken */
  static async listen(port = 0): Promise<VpcdReader> {
    const server = createServer();
    const reader = new VpcdReader(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
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
    this.write((bytes.length / 2).toString(16).padStart(4, '0') + bytes);
  }

  /** Sends a frame and waits for one whole frame back; empty when the card left instead. */
  async exchange(bytes: string): Promise<string> {
    const start = this.#bytes.length;
    const { socket } = this;
    this.frame(bytes);
    await until(() => {
      if (socket.destroyed) return true;
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

export async function until(isReached: () => boolean, waitMs = 5000): Promise<void> {
  const deadline = performance.now() + waitMs;
  while (!isReached()) {
    if (performance.now() > deadline) throw new Error(`waited ${waitMs} ms in vain`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
