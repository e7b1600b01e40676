// SPDX-License-Identifier: MIT
/** A client that sends bytes as they are and reads one answer: it knows less of HTTP than any client. */
import { connect } from 'node:net';

export interface RawAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** With no answer and nothing more to come, the client says that it has sent everything. */
const SILENCE_MS = 40;

/** The first answer to these bytes; undefined when the connection was closed without one. */
export async function ask(port: number, bytes: Uint8Array): Promise<RawAnswer | undefined> {
  const isHead = Buffer.from(bytes.slice(0, 5)).toString() === 'HEAD ';
  return new Promise((resolve) => {
    let got = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1');
    const timer = setInterval(() => socket.end(), SILENCE_MS);
    const finish = (answer: RawAnswer | undefined): void => {
      clearInterval(timer);
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (part) => {
      got = Buffer.concat([got, part]);
      const answer = answerOf(got, isHead);
      if (answer !== undefined) finish(answer);
    });
    // A server that has answered may cut the line while bytes are still coming.
    socket.on('error', () => undefined);
    socket.on('close', () => finish(undefined));
    socket.write(bytes);
  });
}

/** The answer at the start of these bytes, once it is whole; interim ones are passed over. */
function answerOf(got: Buffer, isHead: boolean): RawAnswer | undefined {
  const text = got.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const statusCode = Number(first.split(' ')[1]);
  const rest = got.subarray(end + 4);
  if (statusCode < 200) return answerOf(rest, isHead);
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const isChunked = headers['transfer-encoding'] === 'chunked';
  const size = isHead ? 0 : Number(headers['content-length'] ?? 0);
  // Only node itself answers in chunks, and without a body.
  const isWhole = isHead || (isChunked ? rest.includes('0\r\n\r\n') : rest.length >= size);
  if (!isWhole) return undefined;
  return { statusCode, headers, body: rest.subarray(0, size).toString() };
}
