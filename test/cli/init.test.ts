/** `jit-gate init`: what it writes is valid, and nothing that is there is lost. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { load } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { accessRequestTemplate } from '../../src/domain/issue-template.ts';
import { lintPolicy, parsePolicy } from '../../src/domain/policy/parse.ts';
import { fakeTerminal } from './fake-terminal.ts';

const POLICY = '.jit-policy.yml';
const FORM = '.github/ISSUE_TEMPLATE/access-request.yml';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jit-gate-init-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = (path: string): string => readFileSync(join(folder, path), 'utf8');
const policy = () => {
  const parsed = parsePolicy(text(POLICY));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
};

describe('init', () => {
  it('writes a policy that has no findings, with the people and names that the flags say', async () => {
    const args = [
      '--org-team',
      'release',
      '--user',
      'octo-ana',
      'octo-ben',
      '--branch',
      'trunk',
      '--environment',
      'live',
    ];
    expect(await run(['init', ...args], fakeTerminal({ cwd: folder }))).toBe(0);
    expect(lintPolicy(text(POLICY))).toEqual([]);
    const { groups, gates } = policy();
    expect(groups.get('approvers')).toMatchObject({
      teams: ['release'],
      users: [
        { kind: 'login', login: 'octo-ana' },
        { kind: 'login', login: 'octo-ben' },
      ],
    });
    const [deployment, merge] = gates;
    expect(deployment?.on === 'deployment' && deployment.environments.map(({ source }) => source)).toEqual(['live']);
    expect(merge?.on === 'merge' && merge.branches.map(({ source }) => source)).toEqual(['trunk']);
  });

  it('writes the form for access requests', async () => {
    await run(['init', '--yes'], fakeTerminal({ cwd: folder }));
    expect(text(FORM)).toBe(accessRequestTemplate([]));
  });

  describe('--form', () => {
    const OFFERING = `version: 1
custom-roles:
  release-captain: { base: push }
  Security engineer: { base: pull }
  '1.5': { base: pull }
  'no': { base: pull }
  the _x_ role: { base: pull }
  None: { base: pull }
  unused: { base: pull }
groups: { engineers: { users: [ana] } }
access:
  - name: roles
    roles: [push, release-captain, Security engineer, '1.5', 'no', the _x_ role, None]
    requesters: [engineers]
    max-duration: 8h
    approvals: [{ from: [engineers] }]
  - name: teams
    roles: [release-captain]
    teams: ['on-call#4711', release]
    requesters: [engineers]
    max-duration: 8h
    approvals: [{ from: [engineers] }]
`;
    type Form = { body: { id?: string; attributes: { options?: unknown[]; description?: string } }[] };
    const roleField = () => (load(text(FORM)) as Form).body.find(({ id }) => id === 'role')?.attributes;

    it.each([POLICY, `.github/${POLICY}`])(
      'offers what the policy in %s offers, and touches nothing else',
      async (path) => {
        mkdirSync(join(folder, '.github'));
        writeFileSync(join(folder, path), OFFERING);
        const terminal = fakeTerminal({ cwd: folder });
        expect(await run(['init', '--form', '--json'], terminal)).toBe(0);
        expect(JSON.parse(terminal.printed())).toEqual({ written: [FORM], overwritten: [] });
        // Neither what Markdown would show as something else, nor the word that GitHub keeps for itself.
        const more = ['release-captain', 'Security engineer', '1.5', 'no', 'team:on-call', 'team:release'];
        expect(roleField()?.options).toEqual(['pull', 'triage', 'push', 'maintain', 'admin', ...more]);
        expect(roleField()?.description).toContain('`team:`');
        expect(text(path)).toBe(OFFERING);
        expect(existsSync(join(folder, '.github/jit-policy.schema.json'))).toBe(false);
      },
    );

    it('is what is written without it where the policy offers nothing but GitHub’s own', async () => {
      await run(['init', '--yes'], fakeTerminal({ cwd: folder }));
      const before = text(FORM);
      expect(await run(['init', '--form', '--force'], fakeTerminal({ cwd: folder }))).toBe(0);
      expect(text(FORM)).toBe(before);
    });

    it('overwrites no form without --force, and prints it with --dry-run', async () => {
      writeFileSync(join(folder, POLICY), OFFERING);
      mkdirSync(dirname(join(folder, FORM)), { recursive: true });
      writeFileSync(join(folder, FORM), 'mine');
      const terminal = fakeTerminal({ cwd: folder });
      expect(await run(['init', '--form'], terminal)).toBe(2);
      expect(terminal.saidAll()).toContain(FORM);
      const dry = fakeTerminal({ cwd: folder });
      expect(await run(['init', '--form', '--dry-run'], dry)).toBe(0);
      expect(dry.printed()).toContain('- "team:on-call"');
      expect(text(FORM)).toBe('mine');
    });

    it('needs a policy without errors, and takes no flags for another one', async () => {
      const none = fakeTerminal({ cwd: folder });
      expect(await run(['init', '--form'], none)).toBe(2);
      expect(none.saidAll()).toContain(POLICY);
      writeFileSync(join(folder, POLICY), 'version: 2\n');
      expect(await run(['init', '--form'], fakeTerminal({ cwd: folder }))).toBe(1);
      expect(await run(['init', '--form', '--org-team', 'a'], fakeTerminal({ cwd: folder }))).toBe(2);
      expect(existsSync(join(folder, FORM))).toBe(false);
    });
  });

  it('takes the place of no policy that stands under .github', async () => {
    mkdirSync(join(folder, '.github'));
    writeFileSync(join(folder, `.github/${POLICY}`), 'version: 1\n');
    const terminal = fakeTerminal({ cwd: folder });
    expect(await run(['init', '--yes'], terminal)).toBe(2);
    expect(terminal.saidAll()).toContain(`.github/${POLICY}`);
    expect(existsSync(join(folder, POLICY))).toBe(false);
    expect(await run(['init', '--yes', '--force'], fakeTerminal({ cwd: folder }))).toBe(0);
  });

  it('names, in the policy’s first line, a schema that is there and takes the policy', async () => {
    await run(['init', '--yes'], fakeTerminal({ cwd: folder }));
    const schemaPath = /^# yaml-language-server: \$schema=(\S+)\n/u.exec(text(POLICY))?.[1] ?? 'not named';
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(text(schemaPath)) as object);
    expect(validate(load(text(POLICY))), JSON.stringify(validate.errors)).toBe(true);
  });

  it('asks on a terminal, and takes an empty answer for what it offered', async () => {
    await run(['init'], fakeTerminal({ cwd: folder, answers: ['platform', '', 'staging'] }));
    const { groups, gates } = policy();
    expect(groups.get('approvers')?.teams).toEqual(['platform']);
    expect(gates[0]?.on === 'deployment' && gates[0].environments[0]?.source).toBe('staging');
    expect(gates[1]?.on === 'merge' && gates[1].branches[0]?.source).toBe('main');
  });

  it('writes nothing where nobody says who approves', async () => {
    const terminal = fakeTerminal({ cwd: folder });
    expect(await run(['init'], terminal)).toBe(2);
    expect(existsSync(join(folder, POLICY))).toBe(false);
    expect(terminal.saidAll()).toContain('--org-team');
  });

  it('overwrites nothing, and then writes none of the files', async () => {
    writeFileSync(join(folder, POLICY), 'version: 1\n');
    const terminal = fakeTerminal({ cwd: folder });
    expect(await run(['init', '--yes'], terminal)).toBe(2);
    expect(text(POLICY)).toBe('version: 1\n');
    expect(existsSync(join(folder, FORM))).toBe(false);
    expect(terminal.saidAll()).toContain(POLICY);
  });

  it('overwrites with --force, and says what as JSON', async () => {
    writeFileSync(join(folder, POLICY), 'version: 1\n');
    const terminal = fakeTerminal({ cwd: folder });
    expect(await run(['init', '--yes', '--force', '--json'], terminal)).toBe(0);
    expect(JSON.parse(terminal.printed())).toMatchObject({ overwritten: [POLICY] });
    expect(policy().gates).toHaveLength(2);
  });

  it.each(['@octo/release', 'a b', 'x: y', ''])('refuses %j as a team', async (team) => {
    expect(await run(['init', '--org-team', team], fakeTerminal({ cwd: folder }))).toBe(2);
    expect(existsSync(join(folder, POLICY))).toBe(false);
  });

  describe('in a clone', () => {
    const clone = (files: Readonly<Record<string, string>>): void => {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
      }
    };
    const branch = (): string | undefined => {
      const gate = policy().gates[1];
      return gate?.on === 'merge' ? gate.branches[0]?.source : undefined;
    };

    it('holds merges into the default branch of the remote, whatever is checked out', async () => {
      clone({
        '.git/HEAD': 'ref: refs/heads/topic\n',
        '.git/refs/remotes/origin/HEAD': 'ref: refs/remotes/origin/trunk\n',
      });
      await run(['init', '--yes'], fakeTerminal({ cwd: folder }));
      expect(branch()).toBe('trunk');
    });

    it('takes the branch that is checked out where the remote is not known, in a linked work tree too', async () => {
      clone({ '.git': 'gitdir: main/.git/worktrees/w\n', 'main/.git/worktrees/w/HEAD': 'ref: refs/heads/next\n' });
      await run(['init', '--yes'], fakeTerminal({ cwd: folder }));
      expect(branch()).toBe('next');
    });

    it('lets the code owners approve where there are any, and the policy still has no findings', async () => {
      clone({ 'docs/CODEOWNERS': '* @octo/release\n' });
      await run(['init', '--yes'], fakeTerminal({ cwd: folder }));
      expect(lintPolicy(text(POLICY))).toEqual([]);
      expect(policy().gates[1]?.approvals[0]?.from).toEqual(['owners', 'approvers']);
    });
  });

  it('prints the policy and writes nothing with --dry-run', async () => {
    const terminal = fakeTerminal({ cwd: folder });
    expect(await run(['init', '--yes', '--dry-run'], terminal)).toBe(0);
    expect(parsePolicy(terminal.printed()).ok).toBe(true);
    expect(existsSync(join(folder, POLICY))).toBe(false);
  });

  it('writes no policy that its own parser would refuse', async () => {
    const terminal = fakeTerminal({ cwd: folder });
    expect(await run(['init', '--yes', '--branch', 'a'.repeat(600)], terminal)).toBe(2);
    expect(existsSync(join(folder, POLICY))).toBe(false);
    expect(terminal.saidAll()).toContain('Nothing is written');
  });
});
