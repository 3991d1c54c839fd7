/** Does an emergency let through at once, leave a review that is owed, and block the next until it is given? */

import { describe, expect, it } from 'vitest';
import { deploy, deployCheck, ownIssue, ruleOf } from '../support/deploying.ts';
import { gates } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';

const stage = useStage();

const GLASS = 'break-glass: { by: [engineers], review: [security, release], within: 2h }';
const MERGE = `{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release] }], ${GLASS} }`;
const DEPLOY = `{ name: production, on: deployment, environments: ["production"], approvals: [{ from: [release] }], ${GLASS} }`;

describe('a merge', () => {
  it('goes through at once for one whom the gate names, the author too, with the reason in the check', async () => {
    const scene = stage.scene(gates(MERGE));
    const pull = scene.open({ by: 'ben' });
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('`/break-glass : reason`');
    expect(await scene.tell('ben', pull.number, '/break-glass : the shop is down')).toEqual({
      reaction: 'rocket',
      words: '',
    });
    await scene.passed(pull.sha);
    expect(scene.check(pull.sha).title).toBe('Let through by ben: the shop is down');
    expect(scene.as('ben').merge(scene.repo, pull.number)).toMatchObject({ ok: true });
  });

  it('does not for anybody else, nor without a reason', async () => {
    const scene = stage.scene(gates(MERGE));
    const pull = scene.open({ by: 'ben' });
    await scene.held(pull.sha);
    const other = await scene.tell('ana', pull.number, '/break-glass : let me');
    expect(other.reaction).toBe('confused');
    expect(other.words).toContain('`erin`');
    expect((await scene.tell('ben', pull.number, '/break-glass')).words).toContain('reason');
    expect(scene.check(pull.sha).status).toBe('in_progress');
  });

  it('does not by a comment that has approved it: one comment votes once', async () => {
    const scene = stage.scene(
      gates(
        MERGE.replace('by: [engineers]', 'by: [release]').replace(
          '[{ from: [release] }]',
          '[{ from: [release], count: 2 }]',
        ),
      ),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    const { words } = await scene.tell('ana', pull.number, '/approve\n/break-glass : fire');
    expect(words).toContain('in one of its own');
    expect(scene.check(pull.sha)).toMatchObject({ status: 'in_progress', title: expect.stringContaining('1 of 2') });
    expect((await scene.tell('ana', pull.number, '/break-glass : fire')).reaction).toBe('rocket');
    await scene.passed(pull.sha);
  });

  it('does not where the gate offers no such thing', async () => {
    const scene = stage.scene(gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release] }] }'));
    const pull = scene.open();
    await scene.held(pull.sha);
    expect((await scene.tell('ben', pull.number, '/break-glass : fire')).words).toContain(
      'No gate that holds this offers',
    );
    expect(scene.check(pull.sha).status).toBe('in_progress');
  });

  it('does not for a commit that was pushed after the words', async () => {
    const scene = stage.scene(gates(MERGE));
    const pull = scene.open({ by: 'ben' });
    await scene.held(pull.sha);
    const comment = scene.say('erin', pull.number, '/break-glass : fire');
    await scene.answer(pull.number, comment);
    scene.as('mia').push(scene.repo, { branch: pull.branch, files: { 'src/back-door.ts': 'x' } });
    const { headSha } = scene.github.see.pull(scene.repo, pull.number);
    await scene.held(headSha);
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });
});

describe('the review that is owed', () => {
  it('blocks the next use in every check until somebody else has given it', async () => {
    const scene = stage.scene(gates(MERGE));
    const first = scene.open({ by: 'ben' });
    const second = scene.open({ by: 'ben' });
    await scene.held(second.sha);
    await scene.tell('erin', first.number, '/break-glass : the shop is down');
    await scene.passed(first.sha);
    scene.as('ben').merge(scene.repo, first.number);
    await scene.until('the debt to be shown', () => scene.check(second.sha).summary.includes(`in #${first.number}`));
    const blocked = await scene.tell('erin', second.number, '/break-glass : again');
    expect(blocked.reaction).toBe('confused');
    expect(blocked.words).toContain(`#${first.number}`);
    expect(scene.check(second.sha).status).toBe('in_progress');

    for (const who of ['erin', 'ben', 'mia'])
      expect((await scene.tell(who, first.number, '/reviewed')).reaction, who).toBe('confused');
    expect((await scene.tell('sam', second.number, '/reviewed')).words).toContain('No review is owed here');
    expect((await scene.tell('sam', first.number, '/reviewed : it was right')).reaction).toBe('+1');
    await scene.until('the debt to be gone', () => scene.check(second.sha).summary.includes('`/break-glass : reason`'));
    expect((await scene.tell('erin', second.number, '/break-glass : now')).reaction).toBe('rocket');
    await scene.passed(second.sha);
  });

  it('is given by a comment that approves something else as well', async () => {
    const scene = stage.scene(gates(MERGE));
    const pull = scene.open({ by: 'ben' });
    await scene.held(pull.sha);
    await scene.tell('erin', pull.number, '/break-glass : the shop is down');
    await scene.passed(pull.sha);
    scene.github.clock.advance(2000);
    const sha = scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/next.ts': 'next' } });
    await scene.held(sha);
    await scene.tell('rita', pull.number, '/approve\n/reviewed : it was right');
    await scene.passed(sha);
    expect((await scene.tell('sam', pull.number, '/reviewed')).words).toContain('No review is owed here');
  });

  it('is given neither by who broke the glass nor by who wrote it, though the gate names them', async () => {
    const scene = stage.scene(gates(MERGE.replace('review: [security, release]', 'review: [engineers]')));
    const pull = scene.open({ by: 'ben' });
    await scene.held(pull.sha);
    await scene.tell('erin', pull.number, '/break-glass : the shop is down');
    await scene.passed(pull.sha);
    for (const who of ['erin', 'ben']) {
      const { reaction, words } = await scene.tell(who, pull.number, '/reviewed');
      expect(reaction, who).toBe('confused');
      expect(words, who).toContain('Somebody else has to look at it');
    }
    expect((await scene.tell('emil', pull.number, '/reviewed')).reaction).toBe('+1');
  });

  it('is given for a gate that asks nobody who wrote it, and not by who did', async () => {
    const own = MERGE.replace('on: merge,', 'on: merge, self-approval: allowed,');
    const scene = stage.scene(gates(own.replace('review: [security, release]', 'review: [engineers]')));
    const pull = scene.open({ by: 'ben' });
    await scene.held(pull.sha);
    await scene.tell('erin', pull.number, '/break-glass : the shop is down');
    await scene.passed(pull.sha);
    expect((await scene.tell('ben', pull.number, '/reviewed')).words).toContain('Somebody else has to look at it');
    expect((await scene.tell('emil', pull.number, '/reviewed')).reaction).toBe('+1');
  });

  it('is given by code owners, though no gate asks for the files', async () => {
    const scene = stage.scene(gates(MERGE.replace('review: [security, release]', 'review: [owners]')), {
      files: { CODEOWNERS: 'src/ @sam\n' },
    });
    const pull = scene.open({ by: 'ben' });
    await scene.held(pull.sha);
    await scene.tell('erin', pull.number, '/break-glass : the shop is down');
    await scene.passed(pull.sha);
    expect((await scene.tell('rita', pull.number, '/reviewed')).words).toContain('`sam`');
    expect((await scene.tell('sam', pull.number, '/reviewed')).reaction).toBe('+1');
  });

  it.each<[string, string | null]>([
    ['its gate', gates('{ name: other, on: merge, branches: ["other"], approvals: [{ from: [release] }] }')],
    ['the policy', null],
  ])('outlives %s, and is given by those who administer the repository', async (_, policy) => {
    const scene = stage.scene(gates(MERGE));
    const pull = scene.open({ by: 'ben' });
    await scene.held(pull.sha);
    await scene.tell('erin', pull.number, '/break-glass : the shop is down');
    await scene.passed(pull.sha);
    scene.as('ben').merge(scene.repo, pull.number);
    scene.setPolicy(policy);
    await scene.stage.settled();
    expect((await scene.tell('sam', pull.number, '/reviewed')).words).toContain('`olga`');
    expect((await scene.tell('olga', pull.number, '/reviewed')).reaction).toBe('+1');
  });

  it('is owed anew by who breaks it again after the review', async () => {
    const scene = stage.scene(gates(MERGE));
    const pull = scene.open({ by: 'ben' });
    await scene.held(pull.sha);
    const smashed = scene.say('erin', pull.number, '/break-glass : fire');
    await scene.passed(pull.sha);
    expect((await scene.tell('sam', pull.number, '/reviewed')).reaction).toBe('+1');
    scene.as('erin').deleteComment(scene.repo, smashed);
    await scene.held(pull.sha);
    expect((await scene.tell('emil', pull.number, '/break-glass : again')).reaction).toBe('rocket');
    await scene.passed(pull.sha);
    const next = scene.open({ by: 'ben' });
    await scene.held(next.sha);
    expect((await scene.tell('erin', next.number, '/break-glass : mine')).words).toContain(`in #${pull.number}`);
    expect((await scene.tell('sam', pull.number, '/reviewed')).reaction).toBe('+1');
    expect((await scene.tell('erin', next.number, '/break-glass : mine')).reaction).toBe('rocket');
  });

  it('lets one of two at once through, and the other not', async () => {
    const scene = stage.scene(gates(MERGE));
    const pulls = [scene.open({ by: 'ben' }), scene.open({ by: 'ben' })];
    for (const { sha } of pulls) await scene.held(sha);
    const said = pulls.map(({ number }) => [number, scene.say('erin', number, '/break-glass : fire')] as const);
    const answers = [];
    for (const [number, comment] of said) answers.push((await scene.answer(number, comment)).reaction);
    expect(answers.sort()).toEqual(['confused', 'rocket']);
    expect(pulls.filter(({ sha }) => scene.check(sha).conclusion === 'success')).toHaveLength(1);
  });

  it('is owed again when the words that gave it are deleted, and although those that broke it are', async () => {
    const scene = stage.scene(gates(MERGE));
    const pull = scene.open({ by: 'ben' });
    const next = scene.open({ by: 'ben' });
    await scene.held(next.sha);
    const smashed = scene.say('erin', pull.number, '/break-glass : fire');
    await scene.passed(pull.sha);
    scene.as('erin').deleteComment(scene.repo, smashed);
    await scene.held(pull.sha);
    expect((await scene.tell('erin', next.number, '/break-glass : again')).reaction).toBe('confused');
    const given = scene.say('sam', pull.number, '/reviewed');
    await scene.answer(pull.number, given);
    scene.as('sam').deleteComment(scene.repo, given);
    await scene.stage.settled();
    expect((await scene.tell('erin', next.number, '/break-glass : again')).reaction).toBe('confused');
    expect(scene.check(next.sha).status).toBe('in_progress');
  });
});

describe('a deployment', () => {
  it('is released at once, and its attempt alone', async () => {
    const scene = stage.scene(gates(DEPLOY));
    const { run, sha } = deploy(scene, { by: 'ben' });
    await scene.held(sha, deployCheck());
    await scene.tell('emil', await ownIssue(scene), '/break-glass : fire');
    await scene.until('the rule to be approved', () => ruleOf(scene, run).state === 'approved');
    await scene.passed(sha, deployCheck());
    expect(scene.check(sha, deployCheck()).title).toBe('Let through by emil: fire');
    await scene.until('the run to end', () => scene.github.see.run(scene.repo, run).status === 'completed');
    scene.as('sam').rerun(scene.repo, run);
    await scene.stage.settled();
    expect(scene.github.see.run(scene.repo, run).attempt).toBe(2);
    expect(ruleOf(scene, run).state).toBe('waiting');
    await scene.held(sha, deployCheck());
  });

  it('is not reviewed by who wrote a part of what it brought, though it is the last release by then', async () => {
    const scene = stage.scene(gates(DEPLOY.replace('review: [security, release]', 'review: [engineers, security]')));
    const first = deploy(scene);
    await scene.tell('ana', await ownIssue(scene), '/approve');
    await scene.until('the first', () => scene.github.see.run(scene.repo, first.run).conclusion === 'success');
    await scene.stage.settled();
    scene.as('sam').push(scene.repo, { branch: 'main', files: { 'src/sam.ts': 'by sam' } });
    scene.as('ben').push(scene.repo, { branch: 'main', files: { 'src/ben.ts': 'by ben' } });
    const { run, sha } = deploy(scene, { by: 'ben' });
    await scene.held(sha, deployCheck());
    const issue = await ownIssue(scene);
    await scene.tell('erin', issue, '/break-glass : fire');
    await scene.until('the second', () => scene.github.see.run(scene.repo, run).conclusion === 'success');
    await scene.stage.settled();
    const answer = await scene.tell('sam', issue, '/reviewed');
    expect(answer.words).toContain('Somebody else has to look at it');
    expect((await scene.tell('emil', issue, '/reviewed')).reaction).toBe('+1');
  });
});
