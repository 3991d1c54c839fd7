/** What the doctor says of the app on GitHub, and of those who installed it: has it what app.yml asks for? */

import { describe, expect, it } from 'vitest';
import { appFindings, installationFindings } from '../../../src/domain/doctor/app.ts';
import type { AppFacts, DoctorFinding, InstallationFacts, Rights } from '../../../src/domain/doctor/model.ts';

const WANTS: Rights = {
  permissions: { administration: 'write', checks: 'write', contents: 'read' },
  events: ['issues', 'push', 'star'],
};
const SETTINGS = 'https://github.com/settings/apps/jit';
const PERMISSIONS = `${SETTINGS}/permissions`;

const app = (has: Partial<Rights> = {}): AppFacts => ({ id: 7, slug: 'jit', page: SETTINGS, ...WANTS, ...has });

describe('of the app the doctor says', () => {
  it('that it has all it needs', () => {
    expect(appFindings(WANTS, app())).toEqual([
      {
        severity: 'ok',
        code: 'app',
        about: 'app',
        message: 'jit (7) has the permissions and events of app.yml',
        todo: null,
        page: null,
        repair: null,
      },
    ]);
  });

  it.each<[string, Partial<Rights>, DoctorFinding['severity'], string, string, string]>([
    [
      'which permissions are missing or too low',
      { permissions: { administration: 'read', checks: 'write' } },
      'error',
      'app-permission-missing',
      'the app lacks administration: write, contents: read',
      'give it these permissions, and have every installation accept them',
    ],
    [
      'which events it does not hear of',
      { events: ['push'] },
      'error',
      'app-event-missing',
      'GitHub does not tell the app of issues, star',
      'tick these events',
    ],
    [
      'what it may do beyond its needs',
      {
        permissions: { administration: 'admin', checks: 'write', contents: 'write', metadata: 'read', secrets: 'read' },
      },
      'warning',
      'app-permission-extra',
      'the app has more than it needs: administration: admin, contents: write, secrets: read',
      'take away what it does not need: whoever gets the key gets that, too',
    ],
    [
      'what it is told of for nothing',
      { events: ['issues', 'push', 'star', 'fork', 'watch'] },
      'warning',
      'app-event-extra',
      'the app is told of what it does not use: fork, watch',
      'untick these events',
    ],
  ])('%s, and what to do about it', (_, has, severity, code, message, todo) => {
    expect(appFindings(WANTS, app(has))).toEqual([
      { severity, code, about: 'app', message, todo, page: PERMISSIONS, repair: null },
    ]);
  });

  it('all of that at once, what is missing first', () => {
    const has = { permissions: { administration: 'write', contents: 'write' }, events: ['issues', 'star', 'fork'] };
    expect(appFindings(WANTS, app(has)).map(({ code, message }) => [code, message])).toEqual([
      ['app-permission-missing', 'the app lacks checks: write'],
      ['app-event-missing', 'GitHub does not tell the app of push'],
      ['app-permission-extra', 'the app has more than it needs: contents: write'],
      ['app-event-extra', 'the app is told of what it does not use: fork'],
    ]);
  });
});

describe('of installations the doctor says', () => {
  const page = (account: string): string => `https://github.com/organizations/${account}/settings/installations/1`;
  const installation = (account: string, changes: Partial<InstallationFacts> = {}): InstallationFacts => ({
    id: 1,
    account,
    suspended: false,
    page: page(account),
    ...WANTS,
    ...changes,
  });
  const look = (...all: InstallationFacts[]): readonly DoctorFinding[] => installationFindings(WANTS, app(), all);

  it('that there is none', () => {
    expect(look()).toEqual([
      {
        severity: 'error',
        code: 'not-installed',
        about: 'app',
        message: 'the app is installed nowhere',
        todo: 'install it',
        page: `${SETTINGS}/installations`,
        repair: null,
      },
    ]);
  });

  it('of one which permissions and events it has not accepted', () => {
    const has = { permissions: { administration: 'read', checks: 'write' }, events: ['push'] };
    expect(look(installation('octo', has))).toEqual([
      {
        severity: 'error',
        code: 'installation-permission-missing',
        about: 'installation octo',
        message: 'has not accepted administration: write, contents: read, the event issues, the event star',
        todo: 'have an owner accept the new permissions',
        page: page('octo'),
        repair: null,
      },
    ]);
  });

  it.each<[string, Partial<Rights>]>([
    ['an event', { events: ['push', 'star'] }],
    ['a permission', { permissions: { administration: 'write', checks: 'write' } }],
  ])('that one has not accepted everything where just %s is missing', (_, has) => {
    expect(look(installation('octo', has))).toMatchObject([{ code: 'installation-permission-missing' }]);
  });

  it('that a suspended one holds everything and takes nothing back, and nothing of what it accepted', () => {
    expect(look(installation('octo', { suspended: true, permissions: {}, events: [] }))).toEqual([
      {
        severity: 'error',
        code: 'installation-suspended',
        about: 'installation octo',
        message: 'the installation is suspended: nothing is released and no access is taken back there',
        todo: 'lift the suspension',
        page: page('octo'),
        repair: null,
      },
    ]);
  });

  it('which of several are fine; what one has accepted beyond the needs is told of the app', () => {
    const more = { permissions: { ...WANTS.permissions, secrets: 'write' }, events: [...WANTS.events, 'fork'] };
    const [one, other] = look(installation('octo', more), installation('acme', { suspended: true }));
    expect(one).toEqual({
      severity: 'ok',
      code: 'installation',
      about: 'installation octo',
      message: 'has accepted what the app asks for',
      todo: null,
      page: null,
      repair: null,
    });
    expect(other).toMatchObject({ code: 'installation-suspended', about: 'installation acme' });
  });
});
