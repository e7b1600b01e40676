// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/errors/fault.ts';
import { DEFAULT_APPLICATIONS } from '../../../terminal/card/select.ts';
import { parseTerminalConfig } from '../../../terminal/config.ts';
import { TRANSIT_CONFIG } from './transit-world.ts';
import { BASE_CONFIG } from './world.ts';

describe('the configuration of a terminal', () => {
  it('fills in what it leaves out', () => {
    expect(
      parseTerminalConfig({ terminalId: 'aabbccddeeff', merchantId: 'm', currency: 'INR' }),
    ).toEqual({
      terminalId: 'AABBCCDDEEFF',
      merchantId: 'm',
      currency: 'INR',
      utcOffsetMinutes: 0,
      version: 1,
      place: '',
      applications: DEFAULT_APPLICATIONS,
      selectionOrder: 'directFirst',
      samAid: undefined,
      diversificationLevels: ['serial'],
      limits: {
        perTap: 0xffffffff,
        perCardPerDay: { amount: 0xffffffff, count: 1_000_000 },
        hotlistMaxAgeMinutes: undefined,
        stalePerTap: 0,
      },
      transit: undefined,
    });
  });

  it('is the same when what was parsed is parsed again', () => {
    const config = parseTerminalConfig({ ...BASE_CONFIG, transit: TRANSIT_CONFIG });
    expect(parseTerminalConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it.each([
    [{ terminalId: '0011' }, 'terminalId'],
    [{ terminalId: 'zz1122334455' }, 'terminalId'],
    [{ merchantId: '' }, 'merchantId'],
    [{ currency: 'XXX' }, 'currency'],
    [{ utcOffsetMinutes: 900 }, 'utcOffsetMinutes'],
    [{ utcOffsetMinutes: 5.5 }, 'utcOffsetMinutes'],
    [{ version: -1 }, 'version'],
    [{ place: 'a place with a far too long name' }, 'place'],
    [{ place: 'Köln' }, 'place'],
    [{ applications: [] }, 'applications'],
    [{ applications: 'all' }, 'applications'],
    [{ applications: [{ aid: 'F04F', suite: 'aes' }] }, 'applications.0.aid'],
    [{ applications: [{ aid: 'F04F505552', suite: 'sm4' }] }, 'applications.0.suite'],
    [{ applications: [{ aid: 'F04F505552', suite: 'aes', speed: 1 }] }, 'applications.0.speed'],
    [{ selectionOrder: 'random' }, 'selectionOrder'],
    [{ samAid: '00' }, 'samAid'],
    [{ diversificationLevels: [] }, 'diversificationLevels'],
    [{ diversificationLevels: ['city'] }, 'diversificationLevels'],
    [{ limits: 5 }, 'limits'],
    [{ limits: { perTap: -1 } }, 'limits.perTap'],
    [{ limits: { perTap: 1.5 } }, 'limits.perTap'],
    [{ limits: { perCardPerDay: { count: 'many' } } }, 'limits.perCardPerDay.count'],
    [{ limits: { perCardPerDay: { sum: 1 } } }, 'limits.perCardPerDay.sum'],
    [{ limits: { perTapp: 1 } }, 'limits.perTapp'],
    [{ limits: { hotlistMaxAgeMinutes: -1 } }, 'limits.hotlistMaxAgeMinutes'],
    [{ transit: { ...TRANSIT_CONFIG, city: '1' } }, 'transit.city'],
    [{ transit: { ...TRANSIT_CONFIG, institution: undefined } }, 'transit.institution'],
    [{ transit: { ...TRANSIT_CONFIG, industry: 'rocket' } }, 'transit.industry'],
    [{ transit: { ...TRANSIT_CONFIG, maximumMinutes: 0 } }, 'transit.maximumMinutes'],
    [{ transit: { ...TRANSIT_CONFIG, missingExit: 'forgive' } }, 'transit.missingExit'],
    [{ tranzit: {} }, 'tranzit'],
  ])('names the field that is wrong: %j', (change, field) => {
    let fault: unknown;
    try {
      parseTerminalConfig({ ...BASE_CONFIG, ...change });
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(String(fault)).toContain(`"${field}" expected`);
  });

  it.each([null, 7, [], 'config'])('refuses %j', (value) => {
    expect(() => parseTerminalConfig(value)).toThrow('"config" expected an object');
  });
});
