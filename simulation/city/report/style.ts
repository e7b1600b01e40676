// SPDX-License-Identifier: MIT
/** The style sheet of the report, and the policy that lets this style sheet in and nothing else. */
import { createHash } from 'node:crypto';
import { PALETTE_STYLE } from './palette.ts';

const RULES = `
@page{size:A4;margin:14mm}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{font:15px/1.5 system-ui,"Segoe UI","Noto Sans","Noto Sans CJK SC",sans-serif;color:var(--ink);background:var(--paper);max-width:980px;margin:0 auto;padding:28px}
h1{font-size:27px;line-height:1.2;margin:0 0 14px;color:var(--brand);overflow-wrap:anywhere}
h1 small{display:block;font-size:15px;font-weight:400;color:var(--muted)}
h2{font-size:19px;margin:0 0 6px;color:var(--brand)}
time{white-space:nowrap}
h3{font-size:15px;margin:18px 0 2px}
p{margin:0 0 10px;max-width:80ch}
section{margin-top:40px;padding-top:16px;border-top:2px solid var(--brand)}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin-top:18px;font-size:14px}
a{color:var(--blue)}
.verdict{border-left:5px solid var(--good);background:var(--goodShade);padding:12px 16px;margin:0 0 18px}
.verdict.broken{border-color:var(--bad);background:var(--badShade)}
.verdict p{max-width:none;margin:0;overflow-wrap:anywhere}
.verdict .first{font-size:18px;font-weight:600}
.verdict dl{margin:8px 0 0;display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 14px}
.verdict dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}
dt,.note,figcaption,small{color:var(--muted);font-size:13px}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:10px;margin:14px 0}
.tiles div{background:var(--shade);border-radius:6px;padding:9px 12px}
.tiles dd{margin:0;font-size:18px;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.tiles dd small{display:block;font-weight:400}
code{font:13px/1.4 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
.command{display:block;background:var(--paper);border:1px solid var(--line);border-radius:4px;padding:7px 10px;margin-top:10px}
.scroll{overflow-x:auto;margin:10px 0}
.slim{max-width:640px}
table{width:100%;border-collapse:collapse;font-size:14px}
th,td{padding:6px 8px;text-align:left;vertical-align:baseline;border-bottom:1px solid var(--line)}
th{font-weight:400}
thead th{font-size:13px;font-weight:600;color:var(--muted);border-bottom:1px solid var(--strong);vertical-align:bottom}
tbody th small{display:block;min-width:16em}
.number{text-align:right;font-variant-numeric:tabular-nums}
td.number{white-space:nowrap}
.good{color:var(--good)}
.bad{color:var(--paper);background:var(--bad);border-radius:3px;padding:1px 6px}
figure{margin:6px 0 14px}
figure svg{display:block;width:100%;height:auto}
figure .narrow{display:none}
.beside{display:grid;grid-template-columns:minmax(0,500px) minmax(0,1fr);gap:26px;align-items:start}
summary{cursor:pointer;color:var(--blue)}
footer{margin-top:40px;border-top:1px solid var(--line);padding-top:10px}
@media screen and (max-width:640px){
body{padding:16px 14px}
h1{font-size:22px}
figure .wide{display:none}
figure .narrow{display:block}
.beside{grid-template-columns:minmax(0,1fr);gap:6px}
.verdict dl{grid-template-columns:minmax(0,1fr);gap:0}
.verdict dd{margin-bottom:6px}
.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}
th,td{padding:6px 4px}
tbody th small{min-width:9em}
.stacks thead{display:none}
.stacks tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(84px,1fr));border-bottom:1px solid var(--line);padding:4px 0 8px}
.stacks th{grid-column:1/-1}
.stacks th,.stacks td{border:0;padding:3px 4px}
.stacks td.number{text-align:left;white-space:normal;overflow-wrap:anywhere}
.stacks td::before{content:attr(data-column);display:block;font-size:12px;color:var(--muted)}
}
@media print{
body{max-width:none;padding:0;font-size:10pt}
nav,details{display:none}
section{margin-top:8mm;padding-top:3mm}
table{font-size:9pt}
.scroll{overflow:visible}
tr,figure,.tiles div,.verdict,h2,h3{break-inside:avoid}
h2,h3,.note{break-after:avoid}
.tiles div,.verdict,.bad{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`;

export const STYLE = `\n${PALETTE_STYLE}${RULES}`;

const digest = createHash('sha256').update(STYLE).digest('base64');

/** Nothing is fetched, run or sent; the one style sheet is known by its digest. */
export const POLICY = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
