// SPDX-License-Identifier: MIT
/** Files as banks write them: camt.053.001.08 with a prefix, camt.054.001.04 and pain.002.001.10 without. */

export interface Entry {
  /** Minor units; positive came in. */
  readonly amount: number;
  readonly endToEndId?: string;
  readonly reference?: string;
  readonly remittance?: string;
  readonly status?: string;
}

export interface StatementOf {
  readonly id?: string;
  readonly sequence?: number;
  readonly opening: number;
  readonly closing?: number;
  readonly entries: readonly Entry[];
  readonly account?: string;
  readonly currency?: string;
}

export const OURS = { number: 'DE89370400440532013000', holder: 'Operator', bic: '' };

const decimal = (minor: number): string => (Math.abs(minor) / 100).toFixed(2);
const side = (minor: number): string => (minor < 0 ? 'DBIT' : 'CRDT');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const prefixed = (xml: string): string =>
  xml.replaceAll(/<(\/?)([A-Z])/g, (_, slash: string, letter: string) => `<${slash}c:${letter}`);

function entryXml(entry: Entry, currency: string): string {
  const { amount, endToEndId, reference, remittance, status = 'BOOK' } = entry;
  const refs = endToEndId === undefined ? '' : `<EndToEndId>${endToEndId}</EndToEndId>`;
  const words = remittance === undefined ? '' : `<RmtInf><Ustrd>${remittance}</Ustrd></RmtInf>`;
  return `<Ntry>
    <Amt Ccy="${currency}">${decimal(amount)}</Amt><CdtDbtInd>${side(amount)}</CdtDbtInd>
    <Sts><Cd>${status}</Cd></Sts><BookgDt><Dt>2026-02-04</Dt></BookgDt>
    ${reference === undefined ? '' : `<AcctSvcrRef>${reference}</AcctSvcrRef>`}
    <NtryDtls><TxDtls><Refs>${refs}</Refs>
      <RltdPties><Dbtr><Pty><Nm>Payer</Nm></Pty></Dbtr><Cdtr><Pty><Nm>Payee</Nm></Pty></Cdtr></RltdPties>
    ${words}</TxDtls></NtryDtls></Ntry>`;
}

const balanceXml = (code: string, minor: number, currency: string): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${decimal(minor)}</Amt><CdtDbtInd>${side(minor)}</CdtDbtInd><Dt><Dt>2026-02-04</Dt></Dt></Bal>`;

/** A camt.053. */
export function statement(of: StatementOf): Uint8Array {
  const { account = OURS.number, currency = 'INR', entries, opening, sequence = 1 } = of;
  const booked = entries.filter((entry) => entry.status === undefined);
  const closing = of.closing ?? booked.reduce((total, entry) => total + entry.amount, opening);
  const xml = `<Document xmlns:c="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
    <GrpHdr><MsgId>M-${sequence}</MsgId></GrpHdr>
    <Stmt><Id>${of.id ?? `S-${sequence}`}</Id><ElctrncSeqNb>${sequence}</ElctrncSeqNb>
    <Acct><Id><IBAN>${account}</IBAN></Id></Acct>
    ${balanceXml('OPBD', opening, currency)}${balanceXml('CLBD', closing, currency)}
    ${entries.map((entry) => entryXml(entry, currency)).join('')}</Stmt></BkToCstmrStmt></Document>`;
  return bytes(`<?xml version="1.0" encoding="UTF-8"?>\n${prefixed(xml)}`);
}

/** A camt.054. */
export function notification(entries: readonly Entry[], id = 'N-1'): Uint8Array {
  return bytes(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.04"><BkToCstmrDbtCdtNtfctn>
    <GrpHdr><MsgId>${id}</MsgId></GrpHdr>
    <Ntfctn><Id>${id}</Id><Acct><Id><IBAN>${OURS.number}</IBAN></Id></Acct>
    ${entries.map((entry) => entryXml(entry, 'INR')).join('')}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`);
}

/** A pain.002 about one payment. */
export function paymentStatus(endToEndId: string, status: string, code = 'AC04'): Uint8Array {
  return bytes(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
    <GrpHdr><MsgId>R-${endToEndId}-${status}</MsgId></GrpHdr>
    <OrgnlGrpInfAndSts><OrgnlMsgId>OPENPURSE-00000001</OrgnlMsgId></OrgnlGrpInfAndSts>
    <OrgnlPmtInfAndSts><OrgnlPmtInfId>OPENPURSE-00000001</OrgnlPmtInfId><TxInfAndSts>
      <OrgnlEndToEndId>${endToEndId}</OrgnlEndToEndId><TxSts>${status}</TxSts>
      <StsRsnInf><Rsn><Cd>${code}</Cd></Rsn><AddtlInf>account closed</AddtlInf></StsRsnInf>
    </TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`);
}

/** A pain.002 that rejects a whole order. */
export function orderRejected(messageId: string): Uint8Array {
  return bytes(`<Document><CstmrPmtStsRpt><GrpHdr><MsgId>R-ALL</MsgId></GrpHdr>
    <OrgnlGrpInfAndSts><OrgnlMsgId>${messageId}</OrgnlMsgId><GrpSts>RJCT</GrpSts>
    <StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>`);
}

/** A pacs.002 about one payment. */
export function interbankStatus(endToEndId: string, status: string): Uint8Array {
  return bytes(`<Document><FIToFIPmtStsRpt><GrpHdr><MsgId>P2-${endToEndId}</MsgId></GrpHdr>
    <TxInfAndSts><OrgnlEndToEndId>${endToEndId}</OrgnlEndToEndId><TxSts>${status}</TxSts></TxInfAndSts>
    </FIToFIPmtStsRpt></Document>`);
}

/** A pacs.004. */
export function paymentReturn(endToEndId: string, minor: number): Uint8Array {
  return bytes(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.004.001.09"><PmtRtr>
    <GrpHdr><MsgId>P4-${endToEndId}</MsgId></GrpHdr>
    <TxInf><RtrId>RTR-1</RtrId><OrgnlEndToEndId>${endToEndId}</OrgnlEndToEndId>
      <RtrdIntrBkSttlmAmt Ccy="INR">${decimal(minor)}</RtrdIntrBkSttlmAmt>
      <RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn></RtrRsnInf></TxInf></PmtRtr></Document>`);
}
