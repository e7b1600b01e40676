import { it } from 'vitest';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildServer } from '../../../host/http/server.ts';
import { batch, enrol, openTestHost, record, testCard, testTerminal } from './host-world.ts';
it('dbg', async () => {
  const terminal = testTerminal(1);
  const test = await openTestHost({ durability: 'none' });
  enrol(test.host, terminal);
  const server = buildServer({ host: test.host });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const port = (server.server.address() as AddressInfo).port;
  const bytes = batch(terminal, [record({ terminal, card: testCard(1, 'aes'), counter: 0, amount: 0, before: 0, sequence: 1 })]).slice(0, 56);
  console.log(test.host.store.recordCount());
  await new Promise<void>((resolve) => {
    const r = httpRequest({ port, host: '127.0.0.1', path: '/v1/batches', method: 'POST', headers: { 'content-type': 'application/octet-stream' } }, (a) => {
      console.log('answer', a.statusCode, a.headers);
      a.on('data', (d: Buffer) => console.log(d.toString()));
      a.on('end', () => { console.log('end'); resolve(); });
      a.on('error', (e) => { console.log('answer error', e); resolve(); });
    });
    r.on('error', (e) => { console.log('req error', e.message); resolve(); });
    r.on('close', () => console.log('req close'));
    r.write(bytes);
    for (let i = 0; i < 10; i++) r.write(new Uint8Array(1 << 20));
    r.end();
  });
  const t = Date.now();
  server.server.getConnections((_e, n) => console.log('connections', n));
  await Promise.race([server.close(), new Promise((r) => setTimeout(r, 5000))]);
  console.log('closed', Date.now() - t);
  await test.dispose();
}, 20000);
