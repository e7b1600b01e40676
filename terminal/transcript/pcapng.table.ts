// SPDX-License-Identifier: MIT
/**
 * Numbers of the pcapng format and of what Wireshark reads in it. Sources: draft-ietf-opsawg-pcapng,
 * sections 3 and 4; LINKTYPE_WIRESHARK_UPPER_PDU of the list of link types of tcpdump.org;
 * `epan/exported_pdu_tlvs.h` of Wireshark 4.0.
 */

export const BLOCK_TYPES = {
  /** Section 4.1. */
  sectionHeader: 0x0a0d0d0a,
  /** Section 4.2. */
  interfaceDescription: 0x00000001,
  /** Section 4.3. */
  enhancedPacket: 0x00000006,
} as const;

export const OPTIONS = {
  /** All blocks, section 3.5. */
  endOfOptions: 0,
  comment: 1,
  /** Section header. */
  userApplication: 4,
  /** Interface description. */
  interfaceName: 2,
  timestampResolution: 9,
  /** Enhanced packet. */
  flags: 2,
} as const;

/** Section 4.1: written in the byte order of the file. */
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Section 4.2: timestamps count units of 10^-3 seconds. */
export const RESOLUTION_MILLISECONDS = 3;
/** Section 4.3.1: bits 0 and 1 of the flags. */
export const DIRECTION_FLAGS = { received: 0b01, sent: 0b10 } as const;

/** A packet of this type says itself which dissector reads it. */
export const LINKTYPE_WIRESHARK_UPPER_PDU = 252;

/** Tags before the bytes of such a packet; tag and length are of 2 bytes, big-endian. */
export const PDU_TAGS = {
  endOfOptions: 0,
  dissectorName: 12,
  /** 4 bytes. */
  direction: 35,
} as const;
/** Values of the tag `direction`. */
export const PDU_DIRECTIONS = { sent: 0, received: 1 } as const;

/** Dissectors of Wireshark 4.0, by what they read best. */
export const DISSECTORS = {
  atr: 'iso7816.atr',
  /** Commands of class 0x, and their answers by the direction. */
  interindustry: 'iso7816',
  /** Commands of the other classes: the first one knows no proprietary ones. */
  proprietaryCommand: 'gsm_sim.command',
  proprietaryResponse: 'gsm_sim.response',
  /** Bytes without a meaning, or none. */
  data: 'data',
} as const;
