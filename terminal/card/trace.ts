// SPDX-License-Identifier: MIT
/**
 * A channel that tells what goes over it, every field by the tables of src/purse: for `--trace`, for bug
 * reports, and for people who learn the protocol. PINs are masked in every form.
 */
import { layOutBytes } from '../../src/codec/lay-out-bytes.ts';
import { toHex } from '../../src/bytes/hex.ts';
import type { Placement } from '../../src/codec/struct.ts';
import { Fault } from '../../src/errors/fault.ts';
import { decodeCommand, formatSw, type CommandApdu } from '../../src/iso7816/apdu.ts';
import { statusWordMeaning } from '../../src/iso7816/status-words.table.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { secretIn } from './secrets.ts';
import { describeCommand, type CommandDescription } from './trace-commands.ts';
import { dfMeaning, fieldMeaning, tlvFields, type TraceField } from './trace-meaning.ts';

export interface TracedCommand {
  readonly kind: 'command';
  /** The whole command, hexadecimal; a PIN in it is masked with `*`. */
  readonly hex: string;
  /** `INITIALIZE FOR PURCHASE`. */
  readonly title: string;
  /** What P1 and P2 say: `purse`, `record 1 of EF18`. */
  readonly parameters: string | undefined;
  readonly fields: readonly TraceField[];
}

export interface TracedResponse {
  readonly kind: 'response';
  readonly hex: string;
  /** Of the command that it answers. */
  readonly title: string;
  readonly fields: readonly TraceField[];
  /** Four digits; undefined when there was no answer. */
  readonly sw: string | undefined;
  /** In words: `success`, `no answer: the outcome is unknown`. */
  readonly meaning: string;
}

export type TraceEntry = TracedCommand | TracedResponse;

/** `bytes` are the whole command or response as it went: a sink that keeps them masks them itself. */
export type TraceSink = (entry: TraceEntry, bytes: Uint8Array) => void;

export interface TraceOptions {
  /** The two speak different commands under the same class. */
  readonly role: 'card' | 'sam';
  readonly currency: CurrencyCode;
}

interface Layout {
  readonly size: number;
  readonly placements: readonly Placement[];
}

/** `channel` with every command and response told to `sink`. */
export function withTrace(
  channel: CardChannel,
  sink: TraceSink,
  options: TraceOptions,
): CardChannel {
  // GET RESPONSE brings what the command before it is answered with.
  let last: CommandDescription | undefined;
  return {
    async transceive(bytes) {
      const described = describe(bytes, options.role, last);
      last = described;
      sink(tracedCommand(bytes, described, options), bytes);
      try {
        const response = await channel.transceive(bytes);
        sink(tracedResponse(response, described, options), response);
        return response;
      } catch (error) {
        const meaning = error instanceof Error ? error.message : 'an unknown error';
        const { title } = described;
        sink({ kind: 'response', hex: '', title, fields: [], sw: undefined, meaning }, NO_BYTES);
        throw error;
      }
    },
    close: () => channel.close(),
  };
}

/** What a command is called. */
export function commandTitle(bytes: Uint8Array, role: TraceOptions['role']): string {
  return describe(bytes, role, undefined).title;
}

const NO_BYTES = new Uint8Array(0);
const MALFORMED: CommandDescription = {
  title: 'malformed command',
  parameters: undefined,
  command: [],
  reply: [],
};

function describe(
  bytes: Uint8Array,
  role: TraceOptions['role'],
  last: CommandDescription | undefined,
): CommandDescription {
  const apdu = decoded(bytes);
  return apdu === undefined ? MALFORMED : describeCommand(role, apdu, last);
}

function decoded(bytes: Uint8Array): CommandApdu | undefined {
  try {
    return decodeCommand(bytes);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function tracedCommand(
  bytes: Uint8Array,
  described: CommandDescription,
  { currency }: TraceOptions,
): TracedCommand {
  const { title, parameters } = described;
  const data = decoded(bytes)?.data ?? new Uint8Array(0);
  if (secretIn(bytes) === 'pin') {
    const masked = '*'.repeat(2 * data.length);
    const fields = [{ name: 'PIN', hex: masked, meaning: 'masked' }];
    return { kind: 'command', hex: toHex(bytes.slice(0, 5)) + masked, title, parameters, fields };
  }
  const { dataName } = described;
  const fields =
    dataName === undefined || data.length === 0
      ? fieldsOf(data, described.command, currency)
      : [{ name: dataName, hex: toHex(data), meaning: dfMeaning(toHex(data)) }];
  return { kind: 'command', hex: toHex(bytes), title, parameters, fields };
}

function tracedResponse(
  bytes: Uint8Array,
  { title, reply }: CommandDescription,
  { currency }: TraceOptions,
): TracedResponse {
  const hex = toHex(bytes);
  if (bytes.length < 2) {
    const meaning = 'no answer: the outcome is unknown';
    return { kind: 'response', hex, title, fields: [], sw: undefined, meaning };
  }
  const end = bytes.length - 2;
  const sw = ((bytes[end] ?? 0) << 8) | (bytes[end + 1] ?? 0);
  const fields = fieldsOf(bytes.slice(0, end), reply, currency);
  return { kind: 'response', hex, title, fields, sw: formatSw(sw), meaning: statusWordMeaning(sw) };
}

/** The suites differ in width, so the length tells which layout it is. */
function fieldsOf(
  data: Uint8Array,
  layouts: readonly Layout[] | 'tlv',
  currency: CurrencyCode,
): readonly TraceField[] {
  if (data.length === 0) return [];
  const layout = layouts === 'tlv' ? undefined : layoutFor(data, layouts);
  if (layout !== undefined) {
    return layOutBytes(layout, data)
      .filter(({ hex }) => hex !== '')
      .map(({ name, hex }) => ({ name, hex, meaning: fieldMeaning(name, hex, currency) }));
  }
  const objects = layouts === 'tlv' ? tlvFields(data) : undefined;
  return objects ?? [{ name: 'data', hex: toHex(data), meaning: undefined }];
}

/** The layout of this size, or the longest that fits before bytes that no layout has. */
function layoutFor(data: Uint8Array, layouts: readonly Layout[]): Layout | undefined {
  const exact = layouts.find(({ size }) => size === data.length);
  if (exact !== undefined) return exact;
  const [longest] = layouts
    .filter(({ size }) => size < data.length)
    .sort((left, right) => right.size - left.size);
  return longest;
}
