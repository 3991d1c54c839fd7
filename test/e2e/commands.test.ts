/** Is every command answered where people see it, and is everything that is no command left alone? */

import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/domain/command-table.ts';
import { ask, directRole, granted, shownRequest } from '../support/asking.ts';
import { access, gates, MAIN_GATE, SHIFT_RULE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

async function heldPull(scene: Scene) {
  const pull = scene.open();
  await scene.held(pull.sha);
  return pull;
}

describe('commands that ask', () => {
  it('/help lists every command with who may say it', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await heldPull(scene);
    const answer = await scene.tell('eve', pull.number, '/help');
    expect(answer.reaction).toBe('eyes');
    for (const { name } of COMMANDS) expect(answer.words).toContain(`/${name}`);
  });

  it('/explain says why it is held, by which gate, and who can unblock it', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await heldPull(scene);
    const answer = await scene.tell('eve', pull.number, '/explain');
    expect(answer.reaction).toBe('eyes');
    expect(answer.words).toContain('`main`');
    expect(answer.words).toContain('`ana`');
    expect(answer.words).toContain('`rita`');
    expect(answer.words).toContain('0 of 1');
    expect(scene.check(pull.sha).title).toContain('0 of 1');
  });

  it('/explain and /status tell how it ended when nothing waits any more', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await heldPull(scene);
    await scene.tell('ana', pull.number, '/deny: too big');
    expect((await scene.tell('eve', pull.number, '/explain')).words).toContain('too big');
    expect((await scene.tell('eve', pull.number, '/status')).words).toContain('too big');
  });

  it('/status says what waits and what runs', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', {});
    await shownRequest(scene, issue);
    const waiting = await scene.tell('emil', issue, '/status');
    expect(waiting.reaction).toBe('eyes');
    expect(waiting.words).toContain('`push`');
    expect(waiting.words).toContain('0 of 1');
    await scene.tell('mia', issue, '/approve');
    await scene.until('the role', () => directRole(scene, 'erin') === 'push');
    const running = await scene.tell('emil', issue, '/status');
    expect(running.words).toMatch(/active until \d{4}-/u);
  });

  it.each(['/explain', '/status'])('%s where nothing was ever held says just that', async (command) => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = scene.as('erin').openIssue(scene.repo, { title: 'A bug' });
    const answer = await scene.tell('erin', issue, command);
    expect(answer.reaction).toBe('eyes');
    expect(answer.words).toMatch(/nothing is held here/iu);
  });
});

describe('a command that can not be carried out', () => {
  it.each([
    ['/approve', 'Nothing waits'],
    ['/deny: no', 'Nothing waits'],
    ['/cancel', 'Nothing waits'],
    ['/revoke', 'No grant runs'],
    ['/extend 1h', 'No grant runs'],
    ['/break-glass : it burns', 'Nothing that a gate holds waits here'],
  ])('is answered with a reaction and words: %s', async (command, words) => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = scene.as('erin').openIssue(scene.repo, { title: 'A bug' });
    const answer = await scene.tell('erin', issue, command);
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain(words);
  });

  it.each([
    ['/extend', '/extend DURATION'],
    ['/request push whenever: please', '/request ROLE'],
    ['/request push for: please', 'duration'],
    ['/request push on shop: please', 'OWNER/REPO'],
    ['/revoke now', 'reason after a colon'],
    ['/aprove', '/approve'],
    ['/dney: no', '/deny'],
    ['/break-glass', 'reason'],
  ])('and is written wrong is told how it is written: %s', async (command, words) => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await heldPull(scene);
    const answer = await scene.tell('ana', pull.number, command);
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain(words);
    expect(scene.check(pull.sha).title).toContain('0 of 1');
  });

  it('names what does not wait here', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await heldPull(scene);
    const answer = await scene.tell('ana', pull.number, '/approve staging');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('`staging`');
    expect(scene.check(pull.sha).title).toContain('0 of 1');
    expect((await scene.tell('ana', pull.number, '/approve main')).reaction).toBe('rocket');
  });

  it('tells the author of a pull request how a merge is withdrawn', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await heldPull(scene);
    const answer = await scene.tell('ben', pull.number, '/cancel');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('closing the pull request');
  });
});

describe('what is no command', () => {
  it.each([
    ['in a quote', '> /approve'],
    ['in a code fence', '```\n/approve\n```'],
    ['in indented code', 'See:\n\n    /approve\n'],
    ['in inline code', 'say `/approve` when ready'],
    ['in an HTML comment', '<!--\n/approve\n-->'],
    ['in a list', '- /approve'],
    ['in the middle of a line', 'I would /approve this'],
    ['in a quoted e-mail', 'Thanks!\n\nOn Mon, Ana wrote:\n> /approve\n'],
    ['with a Cyrillic letter', '/\u0430pprove'],
    ['in full width', '\uff0fapprove'],
    ['with a zero-width space', '/app\u200brove'],
    ['of another bot', '/rebase'],
  ])('does nothing %s', async (_where, body) => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await heldPull(scene);
    const comment = scene.say('ana', pull.number, body);
    await stage.current().settled();
    expect(scene.check(pull.sha).title).toContain('0 of 1');
    expect(scene.check(pull.sha).conclusion).toBeNull();
    expect(scene.github.see.reactions(scene.repo, comment)).toEqual([]);
  });

  it.each(['github-actions[bot]', 'jit-gate[bot]'])('does nothing said by %s', async (bot) => {
    const scene = stage.scene(`version: 1
groups: { bots: { users: ["ana", "rita"] } }
gates:
  - { name: main, on: merge, branches: ["main"], approvals: [{ from: [bots] }] }
`);
    const pull = await heldPull(scene);
    const comment = scene.say(bot, pull.number, '/approve');
    await stage.current().settled();
    expect(scene.github.see.reactions(scene.repo, comment)).toEqual([]);
    expect(scene.check(pull.sha).conclusion).toBeNull();
  });
});

describe('a comment with several commands', () => {
  it('has them carried out in order, with one reaction and one reply for all', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await heldPull(scene);
    const answer = await scene.tell('ana', pull.number, 'Fine by me.\n\n/approve\n/status\n');
    expect(answer.reaction).toBe('rocket');
    expect(answer.words).toContain('Approved');
    await scene.passed(pull.sha);
    const id = scene.github.see.comments(scene.repo, pull.number).find(({ author }) => author === 'ana')?.id ?? 0;
    expect(scene.github.see.reactions(scene.repo, id)).toHaveLength(1);
  });

  it('says which of them was refused', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    const answer = await scene.tell('erin', issue, '/extend 100h: long\n/status\n');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('8 hours');
    expect(answer.words).toContain('active until');
  });
});

describe('an answer', () => {
  it('escapes what the person wrote', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await heldPull(scene);
    await scene.tell('ana', pull.number, '/deny: <img src=x> @octo/everyone [a](http://evil.example)');
    await scene.failed(pull.sha);
    const { summary } = scene.check(pull.sha);
    const shown = new MarkdownIt({ html: true, linkify: true }).render(summary);
    expect(shown).not.toContain('<img');
    expect(shown).not.toContain('<a ');
    expect(shown).not.toContain('@octo');
    expect(shown).toContain('img src=x');
  });

  it('is given once though the webhook comes twice', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await heldPull(scene);
    scene.github.webhooks.duplicateNext(1, 'issue_comment');
    const answer = await scene.tell('sam', pull.number, '/approve');
    expect(answer.reaction).toBe('confused');
    expect(scene.spoken(pull.number)).toHaveLength(1);
  });

  it('comes in the end though GitHub loses the answer to the reply', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await heldPull(scene);
    await stage.current().settled();
    scene.github.faults.add({ kind: 'drop-after', method: 'POST', path: `/issues/${pull.number}/comments`, times: 1 });
    await scene.tell('sam', pull.number, '/approve');
    expect(scene.spoken(pull.number)).toHaveLength(1);
  });
});
