/** What can be asked for, by whom and how; and is everything else refused in words, with nothing granted? */

import { describe, expect, it } from 'vitest';
import { ask, directRole, formText, granted, requestCount, shownRequest } from '../support/asking.ts';
import { access, gates, MAIN_GATE, SHIFT_RULE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

/** What the app said about a form that it could not take. */
async function refusal(scene: Scene, issue: number): Promise<string> {
  await scene.until(
    'words about the form',
    () => scene.spoken(issue).length > 0,
    () => scene.github.see.issue(scene.repo, issue),
  );
  await scene.stage.settled();
  return scene.spoken(issue).join('\n');
}

describe('a request by the issue form', () => {
  it('is shown with what, why, how long, who can approve and where it stands', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', { duration: '2h', reason: 'Repair the | checkout <b>page</b>' });
    const text = await shownRequest(scene, issue);
    expect(text).toContain('`erin`');
    expect(text).toContain('`push`');
    expect(text).toContain(`\`${scene.repo}\``);
    expect(text).toContain('2 hours');
    expect(text).toContain('checkout');
    expect(text).not.toContain('<b>');
    expect(text).toContain('@mia');
    expect(text).toContain('`shift`');
    expect(text).toMatch(/waiting, until \d{4}-\d\d-\d\d/u);
    expect(scene.github.see.labels(scene.repo, issue)).toContain('jit:pending');
    expect(directRole(scene, 'erin')).toBeNull();
  });

  it('is granted on approval: the comment, the label and the role follow', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin', { duration: '2h' });
    await stage.current().settled();
    const comments = scene.spoken(issue).filter((text) => text.includes('jit-gate:comment:'));
    expect(comments).toHaveLength(1);
    expect(comments[0]).toContain('Access granted');
    expect(comments[0]).toMatch(/active until \*\*\d{4}-\d\d-\d\d \d\d:\d\d UTC\*\*/u);
    const labels = scene.github.see.labels(scene.repo, issue);
    expect(labels).toContain('jit:active');
    expect(labels).not.toContain('jit:pending');
    expect(scene.github.see.issue(scene.repo, issue).state).toBe('open');
  });

  it('is read whatever the order, case and level of its headings, with others between them', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const body = '## REASON\n\nRepair it\n\n## Anything else\n\nNo.\n\n#### how long\n\n90m\n\n### role\n\n`triage`\n';
    const issue = scene.as('erin').openIssue(scene.repo, { title: 'Access', body });
    const text = await shownRequest(scene, issue);
    expect(text).toContain('`triage`');
    expect(text).toContain('1 hour 30 minutes');
  });

  it('that could not be read is read again when its author repairs it', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', { duration: 'soon' });
    expect(await refusal(scene, issue)).toContain('soon');
    expect(await requestCount(scene)).toBe(0);
    scene.as('erin').edit(scene.repo, issue, { body: formText({ role: 'push', duration: '1h', reason: 'Repair it' }) });
    expect(await shownRequest(scene, issue)).toContain('1 hour');
  });

  it('is given the default duration where none is named', async () => {
    const scene = stage.scene(access(SHIFT_RULE.replace('default-duration: 1h', 'default-duration: 45m')));
    expect(await shownRequest(scene, ask(scene, 'erin', {}))).toContain('45 minutes');
  });

  it('is nothing where an issue is no form and carries no label', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = scene.as('erin').openIssue(scene.repo, { title: 'A bug', body: 'It does not work.' });
    await stage.current().settled();
    expect(scene.spoken(issue)).toEqual([]);
    expect(scene.github.see.labels(scene.repo, issue)).toEqual([]);
  });
});

describe('what is refused', () => {
  it.each([
    ['an unknown role', { role: 'owner' }, ['`owner`', '`push`']],
    ['a role that no rule offers', { role: 'admin' }, ['`admin`', '`triage`']],
    ['no time at all', { duration: '0' }, ['0', '30m']],
    ['a negative time', { duration: '-1h' }, ['negative']],
    ['a time with an exponent', { duration: '1e9d' }, ['1e9d']],
    ['a time in unknown units', { duration: '2 fortnights' }, ['fortnights']],
    ['more time than the rule gives', { duration: '9h' }, ['8 hours']],
    ['a repository that is none', { repository: 'the shop' }, ['OWNER/REPO']],
    ['a repository that the app can not see', { repository: 'octo/nowhere' }, ['octo/nowhere']],
    ['a missing reason', { reason: '_No response_' }, ['reason']],
  ] as const)('%s, with words and no request', async (_what, form, words) => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', form);
    const said = await refusal(scene, issue);
    for (const word of words) expect(said).toContain(word);
    expect(await requestCount(scene)).toBe(0);
    expect(directRole(scene, 'erin')).toBeNull();
  });

  it.each([
    ['/request owner for 1h: repair', '`owner`'],
    ['/request push for 0: repair', '30m'],
    ['/request push for -1h: repair', 'negative'],
    ['/request push for 1e9d: repair', '1e9d'],
    ['/request push for 2 fortnights: repair', 'fortnights'],
    ['/request push for 1h on octo/nowhere: repair', 'octo/nowhere'],
    ['/request push for 1h', 'reason'],
    ['/request', 'role'],
  ])('%s, with words and no request', async (command, word) => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = scene.as('erin').openIssue(scene.repo, { title: 'Hello' });
    const answer = await scene.tell('erin', issue, command);
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain(word);
    expect(await requestCount(scene)).toBe(0);
  });

  it('someone whom the policy does not let ask', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = scene.as('eve').openIssue(scene.repo, { title: 'Hello' });
    const answer = await scene.tell('eve', issue, '/request push for 1h: repair it');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('`eve`');
    expect(answer.words).toContain('`engineers`');
    expect(await requestCount(scene)).toBe(0);
  });

  it('a reason that is too short, and one without the ticket', async () => {
    const rule = SHIFT_RULE.replace('approvals:', 'reason: { min-length: 20, ticket: "SEC-*" }, approvals:');
    const scene = stage.scene(access(rule));
    const issue = scene.as('erin').openIssue(scene.repo, { title: 'Hello' });
    expect((await scene.tell('erin', issue, '/request push: short SEC-1')).words).toContain('20');
    const without = await scene.tell('erin', issue, '/request push: a reason that is long enough');
    expect(without.reaction).toBe('confused');
    expect(without.words).toContain('SEC-');
    expect(await requestCount(scene)).toBe(0);
    const good = await scene.tell('erin', issue, '/request push: a reason that is long enough (SEC-42)');
    expect(good.reaction).toBe('+1');
    expect(await shownRequest(scene, issue)).toContain('`SEC-42`');
  });

  it('a role that is lower than, or the same as, what the person has', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = scene.as('ben').openIssue(scene.repo, { title: 'Hello' });
    for (const role of ['triage', 'push']) {
      const answer = await scene.tell('ben', issue, `/request ${role} for 1h: repair it`);
      expect(answer.reaction).toBe('confused');
      expect(answer.words).toContain('already has `push`');
    }
    expect(await requestCount(scene)).toBe(0);
    expect(directRole(scene, 'ben')).toBe('push');
  });

  it('anything, in a repository whose policy has no access rules, errors, or is not there', async () => {
    for (const [policy, word] of [
      [gates(MAIN_GATE), 'no access rules'],
      ['version: 1\naccess: 7\n', 'errors'],
      [null, 'jit-gate init'],
    ] as const) {
      const scene = stage.scene(policy);
      const issue = scene.as('erin').openIssue(scene.repo, { title: 'Hello' });
      const answer = await scene.tell('erin', issue, '/request push for 1h: repair it');
      expect(answer.reaction).toBe('confused');
      expect(answer.words).toContain(word);
      expect(await requestCount(scene)).toBe(0);
    }
  });

  it('a second request while the first one waits on the same issue', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', {});
    await shownRequest(scene, issue);
    const answer = await scene.tell('erin', issue, '/request triage for 1h: repair it');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('/cancel');
    expect(await requestCount(scene)).toBe(1);
  });
});

describe('a request by comment', () => {
  it('is shown and granted like the form, and leaves an issue open that is no request', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = scene.as('erin').openIssue(scene.repo, { title: 'The page is down' });
    expect((await scene.tell('erin', issue, '/request push for 30m: repair it')).reaction).toBe('+1');
    expect(await shownRequest(scene, issue)).toContain('30 minutes');
    expect((await scene.tell('mia', issue, '/approve')).reaction).toBe('rocket');
    await scene.until('the role', () => directRole(scene, 'erin') === 'push');
    await scene.tell('erin', issue, '/done');
    await scene.until('the role to be gone', () => directRole(scene, 'erin') === null);
    await stage.current().settled();
    expect(scene.github.see.issue(scene.repo, issue).state).toBe('open');
  });

  it('for another repository of the installation is decided by the policy there', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const vault = `${scene.org}/vault`;
    scene.github.createRepository(scene.org, 'vault', {
      files: {
        '.jit-policy.yml': access(
          '{ name: vault, roles: [triage], requesters: [engineers], max-duration: 1h, approvals: [{ from: [security] }] }',
        ),
      },
    });
    const issue = scene.as('erin').openIssue(scene.repo, { title: 'Hello' });
    const push = await scene.tell('erin', issue, `/request push for 1h on ${vault}: look`);
    expect(push.reaction).toBe('confused');
    expect(push.words).toContain(vault);
    const triage = await scene.tell('erin', issue, `/request triage for 1h on ${vault.toUpperCase()}: look`);
    expect(triage.reaction).toBe('+1');
    expect((await scene.tell('mia', issue, '/approve')).reaction).toBe('confused');
    expect((await scene.tell('sam', issue, '/approve')).reaction).toBe('rocket');
    await scene.until('the role', () => directRole(scene, 'erin', vault) === 'triage');
    expect(directRole(scene, 'erin')).toBeNull();
  });
});

describe('deciding on a request', () => {
  const AMONG = SHIFT_RULE.replace('from: [maintainers]', 'from: [engineers]');

  it('is not for the one who asks', async () => {
    const scene = stage.scene(access(AMONG));
    const issue = ask(scene, 'erin', {});
    await shownRequest(scene, issue);
    const own = await scene.tell('erin', issue, '/approve');
    expect(own.reaction).toBe('confused');
    expect(own.words).toContain('they asked for it');
    expect(directRole(scene, 'erin')).toBeNull();
    expect((await scene.tell('emil', issue, '/approve')).reaction).toBe('rocket');
    await scene.until('the role', () => directRole(scene, 'erin') === 'push');
  });

  it('with no ends it: the reason is shown and the issue closed', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', {});
    await shownRequest(scene, issue);
    expect((await scene.tell('mia', issue, '/deny: use the runbook')).reaction).toBe('-1');
    expect(await shownRequest(scene, issue)).toContain('use the runbook');
    expect(scene.github.see.labels(scene.repo, issue)).toContain('jit:ended');
    expect(scene.github.see.issue(scene.repo, issue).state).toBe('closed');
    expect((await scene.tell('olga', issue, '/approve')).reaction).toBe('confused');
    expect(directRole(scene, 'erin')).toBeNull();
  });

  it('is over when the one who asked withdraws it, and nobody else can', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', {});
    await shownRequest(scene, issue);
    expect((await scene.tell('emil', issue, '/cancel')).reaction).toBe('confused');
    expect((await scene.tell('erin', issue, '/cancel: not needed')).reaction).toBe('+1');
    expect(await shownRequest(scene, issue)).toContain('not needed');
    expect((await scene.tell('mia', issue, '/approve')).reaction).toBe('confused');
    expect(directRole(scene, 'erin')).toBeNull();
  });

  it('is over when the issue is closed before anyone decided', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', {});
    await shownRequest(scene, issue);
    scene.as('erin').closeIssue(scene.repo, issue);
    await stage.current().settled();
    expect(await shownRequest(scene, issue)).toContain('the issue was closed');
    expect((await scene.tell('mia', issue, '/approve')).reaction).toBe('confused');
    expect(directRole(scene, 'erin')).toBeNull();
  });

  it('is over when nobody answers in time', async () => {
    const scene = stage.scene(access(SHIFT_RULE.replace('approvals:', 'timeout: 3s, approvals:')));
    const issue = ask(scene, 'erin', {});
    await scene.until('the end', () => scene.github.see.labels(scene.repo, issue).includes('jit:ended'));
    expect(await shownRequest(scene, issue)).toContain('nobody answered in time');
    expect((await scene.tell('mia', issue, '/approve')).reaction).toBe('confused');
    expect(directRole(scene, 'erin')).toBeNull();
  });

  it('waits while the policy is broken, and is denied where the rule is gone', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', {});
    await shownRequest(scene, issue);
    scene.setPolicy('version: 1\naccess: 7\n');
    await stage.current().settled();
    expect((await scene.tell('mia', issue, '/approve')).reaction).toBe('confused');
    expect(directRole(scene, 'erin')).toBeNull();
    scene.setPolicy(gates(MAIN_GATE));
    await scene.until('the end', () => scene.github.see.labels(scene.repo, issue).includes('jit:ended'));
    expect(await shownRequest(scene, issue)).toContain('no longer allows');
    expect(directRole(scene, 'erin')).toBeNull();
  });
});

it('is refused in words, though the same was said on the issue of the same number in another repository', async () => {
  for (const scene of [stage.scene(access(SHIFT_RULE)), stage.scene(access(SHIFT_RULE))]) {
    const issue = ask(scene, 'eve', { role: 'king' });
    await scene.until('words', () => scene.spoken(issue).some((text) => text.includes('is not a role')));
  }
});
