// SPDX-License-Identifier: MIT
/**
 * A session with a card or a SAM as a text, a line for each step:
 *
 *   > HEX        a command as it is
 *   >mac HEX     a command whose last bytes are replaced by the MAC that its key's owner would give now
 *   power        power off and on
 *   tear N       power will be lost at the Nth physical write from here, if it comes to that
 *   # text       a comment
 *
 * Mutations drop, repeat, move and swap steps, take some from other sessions, and edit the bytes of commands.
 */
import fc from 'fast-check';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { writeUint } from '../../src/bytes/integer.ts';
import { byteEdits, type Edits } from './mutate.ts';

export type Step =
  | { readonly kind: 'power' }
  | { readonly kind: 'send'; readonly bytes: Uint8Array; readonly hasMac: boolean }
  | { readonly kind: 'tear'; readonly write: number };
export type ApduSession = readonly Step[];

export function parseSession(text: string): ApduSession {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map(parseStep);
}

function parseStep(line: string): Step {
  const [verb = '', rest = ''] = line.split(' ');
  if (verb === '>' || verb === '>mac') {
    return { kind: 'send', bytes: fromHex(rest), hasMac: verb === '>mac' };
  }
  if (verb === 'tear') return { kind: 'tear', write: Number(rest) };
  if (verb === 'power') return { kind: 'power' };
  throw new Error(`a step expected >, >mac, power or tear, got ${line}`);
}

export function showSession(session: ApduSession): string {
  return session.map(showStep).join('\n');
}

function showStep(step: Step): string {
  switch (step.kind) {
    case 'send':
      return `>${step.hasMac ? 'mac' : ''} ${toHex(step.bytes)}`;
    case 'tear':
      return `tear ${step.write}`;
    case 'power':
      return 'power';
  }
}

const at = fc.nat(0xffff);
const indexIn = (length: number, part: number): number => Math.floor((part * length) / 0x10000);

type StepEdit =
  | { readonly kind: 'amount'; readonly at: number; readonly amount: number }
  | { readonly kind: 'drop'; readonly at: number }
  | { readonly kind: 'edit'; readonly at: number; readonly edits: Edits; readonly fitsLc: boolean }
  | { readonly kind: 'header'; readonly at: number; readonly byte: number; readonly value: number }
  | { readonly kind: 'insert'; readonly at: number; readonly step: Step }
  | { readonly kind: 'mac'; readonly at: number }
  | { readonly kind: 'move'; readonly at: number; readonly to: number }
  | { readonly kind: 'repeat'; readonly at: number; readonly count: number }
  | { readonly kind: 'splice'; readonly at: number; readonly other: number; readonly from: number };

/** Around what the cards of the tests hold and may hold, and at the edges of four bytes. */
const AMOUNTS = [0, 1, 2999, 3001, 4999, 5001, 7001, 9999, 10_001, 0x7fffffff, 0xffffffff];

function stepEdit(sessions: readonly ApduSession[]): fc.Arbitrary<StepEdit> {
  const commands = sessions.flat().flatMap((step) => (step.kind === 'send' ? [step.bytes] : []));
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...sessions.flat()) },
    fc.constant({ kind: 'power' as const }),
    fc.record({ kind: fc.constant('tear' as const), write: fc.integer({ min: 1, max: 9 }) }),
  );
  return fc.oneof(
    fc.record({ kind: fc.constant('drop' as const), at }),
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('edit' as const),
        at,
        edits: byteEdits(commands, 3),
        fitsLc: fc.boolean(),
      }),
    },
    fc.record({
      kind: fc.constant('header' as const),
      at,
      byte: fc.nat(3),
      value: fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 5, 0x80, 0x84), fc.nat(255)),
    }),
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('insert' as const), at, step }) },
    fc.record({ kind: fc.constant('mac' as const), at }),
    fc.record({ kind: fc.constant('amount' as const), at, amount: fc.constantFrom(...AMOUNTS) }),
    fc.record({ kind: fc.constant('move' as const), at, to: at }),
    fc.record({ kind: fc.constant('repeat' as const), at, count: fc.integer({ min: 1, max: 16 }) }),
    fc.record({ kind: fc.constant('splice' as const), at, other: at, from: at }),
  );
}

/** Most mutations of a length are refused at once: half of them get a length byte that fits again. */
function fitted(bytes: Uint8Array): Uint8Array {
  const fit = bytes.slice();
  if (fit.length > 5 && fit.length <= 260) fit[4] = fit.length - 5;
  return fit;
}

type CommandEdit = Extract<StepEdit, { kind: 'edit' | 'header' | 'mac' }>;
type Send = Extract<Step, { kind: 'send' }>;

function editedCommand(send: Send, edit: CommandEdit): Send {
  const { bytes, hasMac } = send;
  switch (edit.kind) {
    case 'edit': {
      const edited = edit.edits(bytes);
      return { ...send, bytes: edit.fitsLc ? fitted(edited) : edited };
    }
    case 'header':
      return bytes.length <= edit.byte
        ? send
        : { ...send, bytes: bytes.with(edit.byte, edit.value) };
    case 'mac':
      return { ...send, hasMac: !hasMac };
  }
}

/** Another amount for one of the INITIALIZEs: it stands behind header, Lc and key index. */
function withAmount(
  session: ApduSession,
  { at: part, amount }: Extract<StepEdit, { kind: 'amount' }>,
): ApduSession {
  const places = session.flatMap((step, index) =>
    step.kind === 'send' && step.bytes[1] === 0x50 && step.bytes.length > 9 ? [index] : [],
  );
  const index = places[indexIn(places.length, part)];
  const step = index === undefined ? undefined : session[index];
  if (index === undefined || step?.kind !== 'send') return session;
  const bytes = step.bytes.slice();
  writeUint(bytes, 6, 4, amount);
  return session.with(index, { ...step, bytes });
}

function editedSession(
  session: ApduSession,
  edit: StepEdit,
  sessions: readonly ApduSession[],
): ApduSession {
  const index = indexIn(session.length, edit.at);
  const step = session[index];
  if (step === undefined) return session;
  switch (edit.kind) {
    case 'amount':
      return withAmount(session, edit);
    case 'drop':
      return session.toSpliced(index, 1);
    case 'insert':
      return session.toSpliced(index, 0, edit.step);
    case 'move':
      return session.toSpliced(index, 1).toSpliced(indexIn(session.length, edit.to), 0, step);
    case 'repeat':
      return session.toSpliced(index, 0, ...Array.from({ length: edit.count }, () => step));
    case 'splice': {
      const other = sessions[indexIn(sessions.length, edit.other)]!;
      return [...session.slice(0, index), ...other.slice(indexIn(other.length, edit.from))];
    }
    case 'edit':
    case 'header':
    case 'mac':
      return step.kind === 'send' ? session.with(index, editedCommand(step, edit)) : session;
  }
}

/** A session of the corpus after a few edits of its steps. */
export function mutatedSessions(sessions: readonly ApduSession[]): fc.Arbitrary<ApduSession> {
  return fc
    .tuple(fc.constantFrom(...sessions), fc.array(stepEdit(sessions), { maxLength: 8 }))
    .map(([session, edits]) =>
      edits.reduce((now, edit) => editedSession(now, edit, sessions), session),
    );
}
