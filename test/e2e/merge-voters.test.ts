/** Whose vote opens a merge: those whom the policy names, who had no hand in it, as long as their word stands. */

import { describe, expect, it } from 'vitest';
import { gates, MAIN_GATE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';

const stage = useStage();

const gateFor = (group: string, more = ''): string =>
  gates(`{ name: main, on: merge, branches: ["main"], approvals: [{ from: [${group}] }]${more} }`);

describe('whoever had a hand in it', () => {
  it('does not approve as the author, and is told who can', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open({ by: 'ana' });
    await scene.held(pull.sha);
    const answer = await scene.tell('ana', pull.number, '/approve');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('they opened the pull request');
    expect(answer.words).toContain('`rita`');
    expect(scene.check(pull.sha).title).toContain('0 of 1');
    expect((await scene.tell('rita', pull.number, '/approve')).reaction).toBe('rocket');
  });

  it.each([
    ['author', { authorEmail: 'ana@example.com', committerEmail: 'ben@example.com' }],
    ['committer', { authorEmail: 'ben@example.com', committerEmail: 'ana@example.com' }],
  ])('does not approve as the %s of one of the commits', async (_role, emails) => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open(emails);
    await scene.held(pull.sha);
    const answer = await scene.tell('ana', pull.number, '/approve');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('they wrote or committed a part of it');
    expect(scene.check(pull.sha).status).toBe('in_progress');
  });

  it('does not approve as a co-author', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const { id } = scene.as('ana');
    const pull = scene.open({ coAuthors: [`Ana <${id}+ana@users.noreply.github.com>`] });
    await scene.held(pull.sha);
    const answer = await scene.tell('ana', pull.number, '/approve');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('they wrote or committed a part of it');
    expect(scene.check(pull.sha).status).toBe('in_progress');
  });

  it('does not approve as the one who pushed what others wrote', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.as('ana').push(scene.repo, {
      branch: pull.branch,
      files: { 'src/more.ts': 'more' },
      authorEmail: 'ben@example.com',
      committerEmail: 'ben@example.com',
    });
    const { headSha } = scene.github.see.pull(scene.repo, pull.number);
    await scene.held(headSha);
    await stage.current().settled();
    const answer = await scene.tell('ana', pull.number, '/approve');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('they pushed to it');
    expect(scene.check(headSha).status).toBe('in_progress');
  });

  it('leaves the gate one approval more where a co-author can be any of those who may approve', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open({ coAuthors: ['Ana <ana@example.com>'] });
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    expect(scene.check(pull.sha)).toMatchObject({ status: 'in_progress', conclusion: null });
    expect(scene.check(pull.sha).title).toContain('1 of 2');
    await scene.tell('rita', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('leaves the gate one approval more where a commit belongs to no account', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open({ authorEmail: 'nobody@elsewhere.example' });
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).title).toContain('0 of 2');
    await scene.tell('ana', pull.number, '/approve');
    expect(scene.check(pull.sha).status).toBe('in_progress');
    await scene.tell('rita', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('approves where the gate allows it', async () => {
    const scene = stage.scene(gateFor('release', ', self-approval: allowed'));
    const pull = scene.open({ by: 'ana' });
    await scene.held(pull.sha);
    expect((await scene.tell('ana', pull.number, '/approve')).reaction).toBe('rocket');
    await scene.passed(pull.sha);
  });
});

describe('who is asked', () => {
  it('refuses someone outside of the groups, and names those who can', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    const answer = await scene.tell('sam', pull.number, '/approve');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('`sam`');
    expect(answer.words).toContain('`release`');
    expect(answer.words).toContain('`ana`');
    const denial = await scene.tell('eve', pull.number, '/deny: no');
    expect(denial.reaction).toBe('confused');
    expect(scene.check(pull.sha).status).toBe('in_progress');
  });

  it('takes back the approval of someone who left the team before the merge', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release], count: 2 }] }'),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    scene.as('olga').removeFromTeam(scene.org, 'release', 'ana');
    scene.as('olga').addToTeam(scene.org, 'release', 'sam');
    await stage.current().settled();
    await scene.tell('rita', pull.number, '/approve');
    expect(scene.check(pull.sha)).toMatchObject({ status: 'in_progress' });
    await scene.tell('sam', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.as('olga').removeFromTeam(scene.org, 'release', 'sam');
    await scene.held(pull.sha);
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });

  it('reads the team again for a vote though no webhook told of the change', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.github.webhooks.loseNext(1, 'membership');
    scene.as('olga').removeFromTeam(scene.org, 'release', 'ana');
    const answer = await scene.tell('ana', pull.number, '/approve');
    expect(answer.reaction).toBe('confused');
    expect(scene.check(pull.sha).status).toBe('in_progress');
  });

  it('asks the code owners of the files that changed', async () => {
    const scene = stage.scene(gateFor('owners'), { files: { CODEOWNERS: '*.ts @rita\n/docs/ @sam\n' } });
    const pull = scene.open({ files: { 'src/a.ts': 'a' } });
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('`rita`');
    expect(scene.check(pull.sha).summary).not.toContain('`sam`');
    expect((await scene.tell('sam', pull.number, '/approve')).reaction).toBe('confused');
    expect((await scene.tell('rita', pull.number, '/approve')).reaction).toBe('rocket');
    await scene.passed(pull.sha);
  });

  it('asks the team that owns the files', async () => {
    const scene = stage.scene(gateFor('owners'), { files: { '.github/CODEOWNERS': '* @octo-x/security\n' } });
    scene.as('olga').editFile(scene.repo, 'main', '.github/CODEOWNERS', `* @${scene.org}/security\n`);
    await stage.current().settled();
    const pull = scene.open();
    await scene.held(pull.sha);
    expect((await scene.tell('sam', pull.number, '/approve')).reaction).toBe('rocket');
    await scene.passed(pull.sha);
  });

  it('asks whoever has at least the role on the repository', async () => {
    const scene = stage.scene(gateFor('maintainers'));
    const pull = scene.open();
    await scene.held(pull.sha);
    expect((await scene.tell('ana', pull.number, '/approve')).reaction).toBe('confused');
    expect((await scene.tell('mia', pull.number, '/approve')).reaction).toBe('rocket');
    await scene.passed(pull.sha);
  });

  it('holds where the team does not exist, and says so', async () => {
    const policy = `version: 1
groups: { ghosts: { teams: [ghosts] } }
gates:
  - { name: main, on: merge, branches: ["main"], approvals: [{ from: [ghosts] }] }
`;
    const scene = stage.scene(policy);
    const pull = scene.open();
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('ghosts');
    expect((await scene.tell('ana', pull.number, '/approve')).reaction).toBe('confused');
    expect(scene.check(pull.sha).status).toBe('in_progress');
  });
});

describe('a vote whose words are changed', () => {
  it('is void when its comment is edited, and the merge is held again', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    const comment = scene.say('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.as('mia').editComment(scene.repo, comment, '/approve: surely');
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('its comment was changed or deleted');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('is void when its comment is deleted', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    const comment = scene.say('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.as('ana').deleteComment(scene.repo, comment);
    await scene.held(pull.sha);
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });

  it('does not come to be by an edit that writes a command', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    const comment = scene.say('ana', pull.number, 'looks good so far');
    scene.as('sam').editComment(scene.repo, comment, '/approve');
    await stage.current().settled();
    expect(scene.check(pull.sha).title).toContain('0 of 1');
    expect(scene.github.see.reactions(scene.repo, comment)).toEqual([]);
  });
});

describe('an approving review', () => {
  it('opens the gate where the gate counts reviews, until it is dismissed', async () => {
    const scene = stage.scene(gateFor('release', ', reviews: true'));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.as('ana').review(scene.repo, pull.number, 'comment', 'a question');
    await stage.current().settled();
    expect(scene.check(pull.sha).status).toBe('in_progress');
    const review = scene.as('ana').review(scene.repo, pull.number, 'approve');
    await scene.passed(pull.sha);
    scene.as('mia').dismissReview(scene.repo, pull.number, review);
    await scene.held(pull.sha);
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });

  it('does nothing where the gate counts comments only', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.as('ana').review(scene.repo, pull.number, 'approve');
    await stage.current().settled();
    expect(scene.check(pull.sha)).toMatchObject({ status: 'in_progress' });
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('does not count for another commit than the one that it was given for', async () => {
    const scene = stage.scene(gateFor('release', ', reviews: true'));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/more.ts': 'more' } });
    const { headSha } = scene.github.see.pull(scene.repo, pull.number);
    await scene.held(headSha);
    scene.as('ana').review(scene.repo, pull.number, 'approve', '', pull.sha);
    await stage.current().settled();
    expect(scene.check(headSha).status).toBe('in_progress');
  });
});
