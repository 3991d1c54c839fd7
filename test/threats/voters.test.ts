/** Attacks on who approves: to have a vote count that nobody gave, or that its giver may not give. */

import { describe, expect, it } from 'vitest';
import { gates, MAIN_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { account, altered, commentAs, nothingGivenAway, post, sent, staysHeld } from './support.ts';

const stage = useStage();

const held = async (policy = gates(MAIN_GATE), draft: Parameters<Scene['open']>[0] = {}) => {
  const scene = stage.scene(policy);
  const pull = scene.open(draft);
  await scene.held(pull.sha);
  return { scene, pull };
};

const noreplyOf = (scene: Scene, login: string): string =>
  `${account(scene, login).id}+${login}@users.noreply.github.com`;

describe('a comment that is not what its author said', () => {
  it('edited into /approve by someone with write does not vote', async () => {
    const { scene, pull } = await held();
    const comment = scene.as('ana').comment(scene.repo, pull.number, 'Looks interesting.');
    scene.github.clock.advance(2000);
    scene.as('ben').editComment(scene.repo, comment, '/approve');
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('whose vote is edited by anyone loses it, and the merge is held again', async () => {
    const { scene, pull } = await held();
    const comment = scene.say('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.as('ben').editComment(scene.repo, comment, '/approve: and the next one too');
    await scene.held(pull.sha);
    await staysHeld(scene, pull);
  });

  it('that is deleted while the merge waits loses its vote', async () => {
    const { scene, pull } = await held();
    const comment = scene.say('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.as('ana').deleteComment(scene.repo, comment);
    await scene.held(pull.sha);
    await staysHeld(scene, pull);
  });

  it.each(['edited', 'deleted'] as const)(
    'that is %s before the app hears of it does not vote, in whatever order',
    async (how) => {
      const { scene, pull } = await held();
      scene.github.clock.advance(2000);
      scene.github.webhooks.pause();
      const comment = scene.as('ana').comment(scene.repo, pull.number, '/approve');
      scene.github.clock.advance(2000);
      if (how === 'edited') scene.as('ana').editComment(scene.repo, comment, 'No, wait.');
      else scene.as('ana').deleteComment(scene.repo, comment);
      const late = sent(scene, 'issue_comment', 'created');
      scene.github.webhooks.resume((all) => all.filter((delivery) => delivery !== late));
      await stage.current().settled();
      scene.github.webhooks.redeliver(late);
      await staysHeld(scene, pull);
      await nothingGivenAway(scene);
    },
  );

  it.each([
    ['a quote', '> /approve'],
    ['a quote in a quote', '> > /approve\n\nI disagree with this.'],
    ['a fence', '```\n/approve\n```'],
    ['a fence that is never closed', '~~~~\n/approve'],
    ['indented code', 'Say:\n\n    /approve'],
    ['a code span', '`/approve`'],
    ['an HTML comment', '<!--\n/approve\n-->'],
    ['an HTML block', '<details>\n/approve\n</details>'],
    [
      'the quoted tail of an e-mail',
      'Thanks!\n\nOn Tue, Nov 24, 2026 at 10:00 AM Ana <ana@example.com> wrote:\n\n> /approve\n',
    ],
    ['the middle of a line', 'I would /approve this'],
    ['a list', '- /approve'],
    ['Cyrillic letters', '/аpprove'],
    ['full-width letters', '/ａｐｐｒｏｖｅ'],
    ['a full-width slash', '／approve'],
    ['a zero-width space', '/app\u200Brove'],
    ['a zero-width space before it', '\u200B/approve'],
    ['a no-break space before the name', '/\u00A0approve'],
    ['a soft hyphen', '/ap\u00ADprove'],
    ['a right-to-left override', '/\u202Eevorppa'],
    ['one Cyrillic letter', '/approvе'],
    ['a longer word', '/approved'],
    ['a path', '/approve/all'],
  ])('that holds the command in %s does not vote', async (_name, body) => {
    const { scene, pull } = await held();
    scene.say('ana', pull.number, body);
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });
});

describe('a voter who is no person', () => {
  it('is a bot that is in the group, and is not heard', async () => {
    const { scene, pull } = await held();
    const bot = { ...account(scene, 'ana'), type: 'Bot' as const };
    commentAs(scene, pull.number, '/approve', bot);
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('is an app that speaks with the token of somebody in the group, and is not heard', async () => {
    const { scene, pull } = await held();
    commentAs(scene, pull.number, '/approve', account(scene, 'ana'), 'github-actions');
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('is an account that became an organisation, whose later comments are not heard', async () => {
    const { scene, pull } = await held();
    commentAs(scene, pull.number, '/approve', { ...account(scene, 'ana'), type: 'Organization' });
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('is the app itself, repeating what a person wrote', async () => {
    const { scene, pull } = await held();
    await scene.tell('ana', pull.number, '/deny-not-really\n/approve maybe\n/frobnicate');
    const answer = scene.spoken(pull.number).join('\n');
    commentAs(scene, pull.number, `/approve\n${answer}`, account(scene, scene.github.botLogin), scene.github.appSlug);
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });
});

describe('a voter who may not', () => {
  it('took the login of somebody whom the policy names', async () => {
    const scene = stage.scene(
      `version: 1\ngroups:\n  boss: { users: [rita] }\ngates:\n  - { name: main, on: merge, branches: ["main"], approvals: [{ from: [boss] }] }\n`,
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    scene.as('rita').rename('rita-married');
    scene.as('eve').rename('rita');
    try {
      const answer = await scene.tell('rita', pull.number, '/approve');
      expect(answer.reaction).toBe('confused');
      expect(answer.words).toContain('name the id');
      await staysHeld(scene, pull);
      await nothingGivenAway(scene);
    } finally {
      scene.as('rita').rename('eve');
      scene.as('rita-married').rename('rita');
    }
  });

  it.each<[string, (noreply: string) => Parameters<Scene['open']>[0]]>([
    ['its author', () => ({ by: 'ana' })],
    ['the committer', () => ({ authorEmail: 'ana@example.com' })],
    ['a co-author', (noreply) => ({ coAuthors: [`Ana <${noreply}>`] })],
    ['a co-author in odd letters', (noreply) => ({ coAuthors: [`A < b > <${noreply.toUpperCase()}>`] })],
  ])('is %s, and is told so', async (_name, draft) => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open(draft(noreplyOf(scene, 'ana')));
    await scene.held(pull.sha);
    const answer = await scene.tell('ana', pull.number, '/approve');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('does not count');
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('is a co-author under an address that GitHub tells nobody: another person has to approve besides', async () => {
    const { scene, pull } = await held(gates(MAIN_GATE), { coAuthors: ['Ana <ana@example.com>'] });
    await scene.tell('ana', pull.number, '/approve');
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('pushed what somebody else wrote', async () => {
    const { scene, pull } = await held();
    scene
      .as('ana')
      .push(scene.repo, { branch: pull.branch, files: { 'src/b.ts': 'b' }, authorEmail: 'ben@example.com' });
    const sha = scene.github.see.pull(scene.repo, pull.number).headSha;
    await scene.held(sha);
    const answer = await scene.tell('ana', pull.number, '/approve');
    expect(answer.reaction).toBe('confused');
    await staysHeld(scene, { ...pull, sha });
    await nothingGivenAway(scene);
  });

  it('hides behind an address that belongs to nobody: the gate asks for one approval more', async () => {
    const { scene, pull } = await held(gates(MAIN_GATE), { authorEmail: 'nobody@nowhere.example' });
    await scene.tell('ana', pull.number, '/approve');
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
    await scene.tell('rita', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('approves twice, in two comments, in one, and under two gates', async () => {
    const { scene, pull } = await held(
      gates(
        '{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release], count: 2 }] }',
        '{ name: also, on: merge, branches: ["**"], approvals: [{ from: [release] }] }',
      ),
    );
    await scene.tell('ana', pull.number, '/approve\n\n/approve\n\n/approve all');
    await scene.tell('ana', pull.number, '/approve');
    await scene.tell('ana', pull.number, '/approve also');
    await scene.tell('rita', pull.number, '/approve');
    await staysHeld(scene, pull);
    expect(scene.check(pull.sha).title).toContain('2 of 3');
    await nothingGivenAway(scene);
  });

  it('left the team after approving, and the news of it got lost', async () => {
    const { scene, pull } = await held(
      gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release], count: 2 }] }'),
    );
    await scene.tell('ana', pull.number, '/approve');
    scene.github.webhooks.loseNext(1, 'membership');
    scene.as('olga').removeFromTeam(scene.org, 'release', 'ana');
    await stage.current().settled();
    await scene.tell('rita', pull.number, '/approve');
    await staysHeld(scene, pull);
    expect(scene.check(pull.sha).title).toContain('1 of 2');
    await nothingGivenAway(scene);
  });

  it('left the team after the merge was approved and before it was done', async () => {
    const { scene, pull } = await held();
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.as('olga').removeFromTeam(scene.org, 'release', 'ana');
    await scene.held(pull.sha);
    await staysHeld(scene, pull);
  });

  it('says what a commit of the second page would have kept them from saying', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    scene.as('ana').push(scene.repo, { branch: 'long', files: { 'src/0.ts': '0' } });
    for (let at = 1; at < 120; at += 1)
      scene.as('ben').push(scene.repo, { branch: 'long', files: { 'src/n.ts': String(at) } });
    scene.as('ben').push(scene.repo, {
      branch: 'long',
      files: { 'src/n.ts': 'last' },
      coAuthors: [`Rita <${noreplyOf(scene, 'rita')}>`],
    });
    const number = scene.as('ben').openPull(scene.repo, { head: 'long' });
    const pull = { number, sha: scene.github.see.pull(scene.repo, number).headSha };
    await scene.held(pull.sha);
    for (const who of ['ana', 'rita']) expect((await scene.tell(who, number, '/approve')).reaction).toBe('confused');
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('is kept out by a second page of team members, or let in by it, and by nothing else', async () => {
    const scene = stage.scene(
      'version: 1\ngroups:\n  big: { teams: [big] }\ngates:\n  - { name: main, on: merge, branches: ["main"], approvals: [{ from: [big] }] }\n',
    );
    const logins = Array.from({ length: 130 }, (_, at) => `${scene.org}-member-${at}`);
    scene.github.createTeam(scene.org, 'big', logins);
    const pull = scene.open();
    await scene.held(pull.sha);
    expect((await scene.tell('mia', pull.number, '/approve')).reaction).toBe('confused');
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
    expect((await scene.tell(`${scene.org}-member-129`, pull.number, '/approve')).reaction).toBe('rocket');
  });

  it('changed more files than GitHub lists, so that what they changed is not known', async () => {
    const files = Object.fromEntries(Array.from({ length: 3_001 }, (_, at) => [`docs/${at}.md`, String(at)]));
    const { scene, pull } = await held(
      gates(
        '{ name: main, on: merge, branches: ["main"], unless: { only-paths: ["docs/**"] }, approvals: [{ from: [release] }] }',
      ),
      { files },
    );
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('brings more commits than GitHub lists, so that who wrote them is not known', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    for (let at = 0; at < 251; at += 1)
      scene.as('ben').push(scene.repo, { branch: 'long', files: { 'src/n.ts': String(at) } });
    const number = scene.as('ben').openPull(scene.repo, { head: 'long' });
    const pull = { number, sha: scene.github.see.pull(scene.repo, number).headSha };
    await scene.held(pull.sha);
    await scene.tell('ana', number, '/approve');
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });
});

describe('a comment that is handled again', () => {
  it('does not come to mean a request that it was not about', async () => {
    const scene = stage.scene(
      gates(
        MAIN_GATE,
        '{ name: prod, on: deployment, environments: ["production"], approvals: [{ from: [release] }] }',
      ),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    const deployed = await scene.delayed('deployment', () => {
      const id = scene.as('ben').createDeployment(scene.repo, { ref: pull.branch, environment: 'production' });
      scene.say('ana', pull.number, '/approve');
      return id;
    });
    await scene.passed(pull.sha);
    await scene.held(pull.sha, 'jit/deploy: production');
    // The same comment as a delivery of its own, as if its first handling had been interrupted.
    await post(stage.current(), 'issue_comment', altered(sent(scene, 'issue_comment', 'created').payload, {}));
    await stage.current().settled();
    expect(deployed).toBeGreaterThan(0);
    expect(scene.check(pull.sha, 'jit/deploy: production').status).toBe('in_progress');
  });
});
