/** What the facts come to that somebody wrote down: known where it was said, unknown in words where it was not. */

import { describe, expect, it } from 'vitest';
import { sha } from '../../../src/domain/identity.ts';
import { readShape } from '../../../src/domain/policy/read-shape.ts';
import { createAccounts, factsFrom, pullFrom, runFrom } from '../../../src/domain/policy/supposed-facts.ts';
import { supposedKeys } from '../../../src/domain/policy/supposed.ts';
import { known, unknown } from '../../../src/domain/result.ts';
import { readPolicy } from '../../support/cases.ts';
import { ana, ben, HEAD, pullOf, runOf } from '../../support/domain.ts';

const POLICY = readPolicy(`version: 1
groups:
  release: { teams: [release], users: [cleo] }
  maintainers: { role: maintain }
  owners: { codeowners: true }
gates: [{ name: main, on: merge, branches: [main], approvals: [{ from: [release] }] }]
`);

const notSaid = (what: string) => unknown(`the facts do not say ${what}`);

function facts(text: string, told: Partial<Parameters<typeof factsFrom>[3]> = {}) {
  const read = readShape(text, supposedKeys);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const accounts = createAccounts();
  accounts.learn(ana);
  accounts.learn(ben);
  return { accounts, ...factsFrom(read.value.value, POLICY, accounts, { pull: null, run: null, ...told }) };
}

describe('accounts', () => {
  it('are the same for the same login in any case, and for their number', () => {
    const { of, learn } = createAccounts();
    const mia = of('mia');
    expect(of('MIA')).toBe(mia);
    expect(of(mia.id)).toBe(mia);
    expect(of('rita').id).not.toBe(mia.id);
    learn(ana);
    expect(of('OCTO-ana')).toBe(ana);
    expect(of(ana.id)).toBe(ana);
  });

  it('that are known by number alone are called so, and by login alone get a number that GitHub gives to nobody', () => {
    const { of } = createAccounts();
    expect(of(4711)).toEqual({ id: 4711, login: 'account 4711' });
    expect(of('mia').id).toBeGreaterThanOrEqual(9_000_000_000_000);
  });
});

describe('what was not said', () => {
  it.each(['{}', 'files: unknown\ncontributors: unknown\nsigned: unknown\nchecks: unknown\nowners: unknown\n'])(
    'is unknown, and so is what is said to be: %j',
    (text) => {
      expect(facts(text)).toMatchObject({
        pull: null,
        files: notSaid('which files change'),
        contributors: notSaid('who wrote it'),
        pushers: [],
        lines: notSaid('how many lines change'),
        unsigned: notSaid('whether the commits are signed'),
        event: notSaid('what started the run'),
        checks: notSaid('which checks reported'),
      });
      expect([...facts(text).members]).toEqual([
        ['release', notSaid('who is in the team release')],
        ['maintainers', notSaid('which role everyone has')],
        ['owners', notSaid('who owns the files that change')],
      ]);
    },
  );
});

describe('what was said', () => {
  it('is known', () => {
    const told = facts('files: [a]\ncontributors: [octo-ana]\npushers: [octo-ben]\nsigned: true\nchecks: [ci]\n');
    expect(told).toMatchObject({
      files: known(['a']),
      contributors: known({ people: [ana.id], unattributed: 0 }),
      pushers: [ben.id],
      unsigned: known(0),
      checks: known([{ name: 'ci', app: null, state: 'succeeded' }]),
    });
  });

  it('can be that a commit is of no known account, or not signed, and how a check came out', () => {
    const text =
      'contributors: []\nunattributed: 2\nsigned: false\nchecks: [{ name: a, app: bot }, { name: b, state: failed }]\n';
    expect(facts(text)).toMatchObject({
      contributors: known({ people: [], unattributed: 2 }),
      unsigned: known(1),
      checks: known([
        { name: 'a', app: 'bot', state: 'succeeded' },
        { name: 'b', app: null, state: 'failed' },
      ]),
    });
  });

  it('of the pull request and the run comes with them', () => {
    expect(facts('{}', { pull: pullOf({ lines: 0 }), run: runOf({ event: 'schedule' }) })).toMatchObject({
      lines: known(0),
      event: known('schedule'),
    });
    expect(facts('{}', { pull: pullOf({ lines: null }) }).lines).toEqual(notSaid('how many lines change'));
  });
});

describe('groups', () => {
  const members = (text: string, group: string) => {
    const found = facts(text).members.get(group);
    return found?.kind === 'known' ? found.value.map(({ login }) => login) : found;
  };

  it('have the members of their teams and their users, each once', () => {
    expect(members('teams: { Release: [octo-ana, cleo, CLEO] }\n', 'release')).toEqual(['octo-ana', 'cleo']);
  });

  it('by role have everyone with at least that one', () => {
    expect(members('roles: { a: pull, b: push, c: maintain, d: admin, e: write }\n', 'maintainers')).toEqual([
      'c',
      'd',
    ]);
  });

  it('of code owners have those who are said to be', () => {
    expect(members('owners: [octo-ben]\n', 'owners')).toEqual(['octo-ben']);
  });

  it('that are told as a whole have nothing else looked at', () => {
    expect(members('groups: { RELEASE: [octo-ben] }\nteams: { release: [octo-ana] }\n', 'release')).toEqual([
      'octo-ben',
    ]);
    expect(members('groups: { release: unknown }\nteams: { release: [octo-ana] }\n', 'release')).toEqual(
      notSaid('who is in the group release'),
    );
  });

  it('and teams besides are known by their slugs in lower case', () => {
    const { teams } = facts('teams: { Bots: [octo-ben] }\n');
    expect([...teams]).toEqual([
      ['bots', known([ben])],
      ['release', notSaid('who is in the team release')],
    ]);
  });
});

it('a login of the policy stands for its own account', () => {
  const { logins, accounts } = facts('{}');
  expect([...logins]).toEqual([['cleo', known(accounts.of('cleo').id)]]);
});

describe('a pull request of which little was said', () => {
  const plain = { author: ana, head: HEAD, base: 'main' };

  it('is the plainest', () => {
    expect(pullFrom({}, plain, createAccounts())).toEqual({
      number: 1,
      open: true,
      merged: false,
      draft: false,
      author: ana,
      head: HEAD,
      headRef: 'change',
      base: 'main',
      fork: false,
      labels: [],
      title: 'A change',
      lines: null,
    });
  });

  it('has all that was said', () => {
    const said = {
      number: 9,
      draft: true,
      head: 'fix',
      base: 'dev',
      fork: true,
      labels: ['a'],
      title: 'Fix',
      lines: 0,
    };
    const { head: headRef, ...rest } = said;
    const pull = pullFrom({ ...said, author: 'mia' }, { ...plain, head: sha('b'.repeat(40)) }, createAccounts());
    expect(pull).toMatchObject({ ...rest, headRef, head: 'b'.repeat(40), author: { login: 'mia' } });
  });
});

describe('a run of which little was said', () => {
  it('was started by a push of whoever started it', () => {
    expect(runFrom({}, createAccounts(), ana)).toEqual({
      id: 1,
      attempt: 1,
      event: 'push',
      actor: ana.id,
      triggeringActor: ana.id,
      fork: false,
    });
    expect(runFrom({}, createAccounts(), null)).toMatchObject({ actor: null, triggeringActor: null });
  });

  it('that somebody else ran again is in its second attempt', () => {
    const accounts = createAccounts();
    accounts.learn(ana);
    accounts.learn(ben);
    const again = runFrom({ actor: 'octo-ana', 'rerun-by': 'octo-ben', event: 'schedule', fork: true }, accounts, null);
    expect(again).toEqual({
      id: 1,
      attempt: 2,
      event: 'schedule',
      actor: ana.id,
      triggeringActor: ben.id,
      fork: true,
    });
    expect(runFrom({ 'rerun-by': 'octo-ana' }, accounts, ana)).toMatchObject({ attempt: 1, triggeringActor: ana.id });
  });
});
