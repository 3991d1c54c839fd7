/** `jit-gate policy explain`: a payload, through the reader and the decision that the server has. */

import { describe, expect, it } from 'vitest';
import { useFolder } from './folder.ts';

const { write, policy } = useFolder();

const POLICY = `version: 1
groups: { release: { teams: [release] }, maintainers: { role: maintain } }
gates:
  - name: main
    on: merge
    branches: [main]
    unless: { only-paths: ['docs/**'] }
    approvals: [{ from: [release] }]
  - { name: production, on: deployment, environments: [production], approvals: [{ from: [release] }] }
access:
  - { name: shift, roles: [push], requesters: [release], max-duration: 8h, approvals: [{ from: [maintainers] }] }
`;

const account = (id: number, login: string) => ({ id, login, type: 'User' });
const repository = { id: 7, name: 'shop', owner: account(1, 'octo'), default_branch: 'main' };
const common = { repository, sender: account(12, 'ben') };
const PULL = {
  ...common,
  action: 'opened',
  pull_request: {
    number: 5,
    user: account(12, 'ben'),
    title: 'A change',
    labels: [],
    draft: false,
    merged: false,
    created_at: '2026-05-04T12:00:00Z',
    updated_at: '2026-05-04T12:00:00Z',
    head: { sha: 'a'.repeat(40), ref: 'change', repo: { id: 7 } },
    base: { ref: 'main', repo: { id: 7 } },
  },
};
const DEPLOYMENT = {
  ...common,
  action: 'created',
  deployment: {
    id: 3,
    sha: 'b'.repeat(40),
    ref: 'main',
    environment: 'Production',
    created_at: '2026-05-04T12:00:00Z',
  },
  workflow_run: { id: 99 },
};

type Json = {
  verdict: string | null;
  unknown: string[];
  explanation?: { rules: { rule: string; reason: { kind: string } }[] };
};

const explain = async (event: string, payload: unknown, facts?: string, ...more: string[]) => {
  write('p.yml', POLICY);
  write('payload.json', JSON.stringify(payload));
  if (facts !== undefined) write('facts.yml', facts);
  const words = ['explain', 'p.yml', '--event', event, '--payload', 'payload.json', ...more];
  return await policy(facts === undefined ? words : [...words, '--facts', 'facts.yml']);
};

describe('policy explain', () => {
  it('holds for what nobody told, and names it', async () => {
    const { code, json } = await explain('pull_request', PULL, undefined, '--json');
    expect(code).toBe(0);
    const { verdict, unknown, explanation } = json() as Json;
    expect(verdict).toBe('pending');
    expect(explanation?.rules).toMatchObject([{ rule: 'main', reason: { kind: 'fact-unknown' } }]);
    expect(unknown.join('\n')).toMatch(/which files change[\s\S]*team release/u);
  });

  it('shows the tree for the facts that are told, with who can approve', async () => {
    const facts = 'files: [src/a.ts]\ncontributors: [ben]\nteams: { release: [ana, BEN] }\n';
    const { code, printed } = await explain('pull_request', PULL, facts);
    expect(code).toBe(0);
    expect(printed).toContain('Held: the merge of #5 into main waits for approval.');
    expect(printed).toContain('0 of 1 from release. Can approve: ana');
    expect(printed).not.toContain('Unknown');
    expect(printed).not.toMatch(/[`\\]|&#/u);
  });

  it('says which condition spares it', async () => {
    const { json, printed } = await explain('pull_request', PULL, 'files: [docs/a.md]\n', '--json');
    expect((json() as Json).verdict).toBe('none');
    expect(printed).toContain('every changed file matches');
  });

  it('lets facts replace what the payload says', async () => {
    const { json } = await explain('pull_request', PULL, 'pull: { base: dev }\n', '--json');
    expect((json() as Json).verdict).toBe('none');
  });

  it('holds a deployment whose run is unknown, and decides it where the run is told', async () => {
    const held = await explain('deployment', DEPLOYMENT, 'contributors: []\nteams: { release: [ana] }\n', '--json');
    expect((held.json() as Json).unknown.join()).toContain('the run 99');
    const facts = 'contributors: []\nteams: { release: [ana] }\nrun: { event: push, fork: true }\n';
    const fork = await explain('deployment', DEPLOYMENT, facts, '--json');
    expect(fork.json()).toMatchObject({
      verdict: 'denied',
      explanation: { rules: [{ reason: { kind: 'fork-not-allowed' } }] },
    });
  });

  it('explains a request for access', async () => {
    const body = '### Role\n\npush\n\n### Duration\n\n2h\n\n### Reason\n\nto repair the build\n';
    const issue = {
      number: 4,
      title: 'x',
      body,
      user: account(11, 'ana'),
      labels: [],
      created_at: '2026-05-04T12:00:00Z',
    };
    const opened = { ...common, sender: account(11, 'ana'), action: 'opened', issue };
    const fine = await explain('issues', opened, 'teams: { release: [ana] }\nroles: { mia: maintain }\n', '--json');
    expect(fine.json()).toMatchObject({ verdict: 'pending' });
    const odd = { ...opened, issue: { ...issue, body: body.replace('push', 'lead') } };
    const none = await explain('issues', odd, 'teams: { release: [ana] }\n', '--json');
    expect(none.json()).toMatchObject({ verdict: 'refused', why: 'unknown-role' });
    const not = await explain('issues', opened, 'teams: { release: [] }\n', '--json');
    expect(not.json()).toMatchObject({ verdict: 'refused', why: 'not-a-requester' });
    const unknown = await explain('issues', opened, undefined, '--json');
    expect(unknown.json()).toMatchObject({ verdict: 'refused', why: 'membership-unknown' });
  });

  it('says of an event that decides nothing what the app reads it as', async () => {
    const { code, printed } = await explain('pull_request', { ...PULL, action: 'closed' });
    expect(code).toBe(0);
    expect(printed).toContain('pull-closed');
    expect((await explain('pull_request', { ...PULL, action: 'assigned' })).printed).toContain('takes nothing');
  });

  it.each<[string, string, unknown, string | undefined, string]>([
    ['an event that the app does not know', 'star', PULL, undefined, 'pull_request'],
    ['a payload that is no object', 'pull_request', [], undefined, 'JSON object'],
    ['a payload of another event', 'pull_request', DEPLOYMENT, undefined, 'pull_request'],
    ['facts with a key that is none', 'pull_request', PULL, 'fils: [a]\n', 'facts.yml:1:1'],
    ['facts of the wrong type', 'pull_request', PULL, 'files: src\n', 'facts.yml:1:8'],
  ])('refuses %s, and says where', async (_, event, payload, facts, words) => {
    const { code, said, printed } = await explain(event, payload, facts);
    expect(code).toBe(2);
    expect(said).toContain(words);
    expect(printed).toBe('');
  });
});
