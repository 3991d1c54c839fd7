/** What comments and issues are read as, and whom they count as written by. */

import { describe, expect, it } from 'vitest';
import { readEvent } from '../../src/events/read.ts';
import { example, part, type Payload } from '../support/example.ts';

const read = (event: string, payload: Payload) => readEvent(event, payload, 'https://api.github.com');

const repo = { installationId: 1, id: 186853002, owner: 'Codertocat', name: 'Hello-World' };
const created = example('issue_comment', 'created');

describe('a comment', () => {
  it('that was made is told with its author, its words and GitHub’s time', () => {
    expect(read('issue_comment', created)).toEqual({
      kind: 'comment-created',
      repo,
      number: 1,
      isPull: false,
      commentId: 492700400,
      author: { id: 21031067, login: 'Codertocat', automated: false },
      body: "You are totally right! I'll get this fixed right away.",
      at: Date.parse('2019-05-15T15:20:21Z'),
    });
  });

  it('on a pull request says so', () => {
    const onPull = { ...created, issue: part(created, 'issue', { pull_request: { url: 'https://api.github.com/' } }) };
    expect(read('issue_comment', onPull)).toMatchObject({ isPull: true });
    expect(read('issue_comment', { ...created, issue: part(created, 'issue', { pull_request: null }) })).toMatchObject({
      isPull: false,
    });
  });

  const user = { id: 5, login: 'someone' };
  it.each([
    ['a bot', { user: { ...user, type: 'Bot' } }],
    ['an organisation', { user: { ...user, type: 'Organization' } }],
    ['an account of no type', { user }],
    ['a type in other letters', { user: { ...user, type: 'user' } }],
    ['a person through an app', { user: { ...user, type: 'User' }, performed_via_github_app: { id: 3 } }],
  ])('by %s is no person’s', (_name, comment) => {
    expect(read('issue_comment', { ...created, comment: part(created, 'comment', comment) })).toMatchObject({
      author: { id: 5, automated: true },
    });
  });

  it('by a person that no app posted is a person’s', () => {
    const comment = part(created, 'comment', { performed_via_github_app: null });
    expect(read('issue_comment', { ...created, comment })).toMatchObject({ author: { automated: false } });
  });

  it('of an account that is gone says nothing', () => {
    expect(read('issue_comment', { ...created, comment: part(created, 'comment', { user: null }) })).toBeNull();
  });

  const changed = { kind: 'vote-source-changed', repo, source: { kind: 'comment', id: 492700400 }, by: 21031067 };

  it('whose text was edited is told, by whomever', () => {
    expect(read('issue_comment', example('issue_comment', 'edited'))).toEqual({ ...changed, change: 'comment-edited' });
    const other = { id: 77, login: 'octo-writer', type: 'User' };
    expect(read('issue_comment', example('issue_comment', 'edited', { sender: other }))).toMatchObject({ by: 77 });
  });

  it('that was edited is never read for commands', () => {
    const edited = example('issue_comment', 'edited');
    const comment = part(edited, 'comment', { body: '/approve' });
    expect(read('issue_comment', { ...edited, comment })?.kind).toBe('vote-source-changed');
  });

  it('of which something else than the text changed is left alone', () => {
    expect(read('issue_comment', example('issue_comment', 'edited', { changes: {} }))).toBeNull();
  });

  it('that was deleted is told', () => {
    expect(read('issue_comment', example('issue_comment', 'deleted'))).toEqual({
      ...changed,
      change: 'comment-deleted',
    });
  });
});

describe('an issue', () => {
  const opened = example('issues', 'opened');

  it('that was opened is told with its text and labels', () => {
    expect(read('issues', opened)).toEqual({
      kind: 'issue-opened',
      repo,
      number: 1,
      author: { id: 21031067, login: 'Codertocat', automated: false },
      title: 'Spelling error in the README file',
      body: "It looks like you accidently spelled 'commit' with two 't's.",
      labels: ['bug'],
      at: Date.parse('2019-05-15T15:20:18Z'),
    });
  });

  it('that gets the label of access requests is read, one that gets another is not', () => {
    const labelled = (name: string) => read('issues', { ...opened, action: 'labeled', label: { name } });
    expect(labelled('access-request')?.kind).toBe('issue-opened');
    expect(labelled('bug')).toBeNull();
    expect(labelled('access-request-2')).toBeNull();
  });

  it('that is closed is no new request, whatever label it gets', () => {
    const issue = part(opened, 'issue', { state: 'closed' });
    const label = { name: 'access-request' };
    expect(read('issues', { ...opened, issue, action: 'labeled', label })).toBeNull();
  });

  it('is read again when its author edits it, and not when someone else does', () => {
    const edited = example('issues', 'edited');
    expect(read('issues', edited)?.kind).toBe('issue-opened');
    const other = { id: 77, login: 'octo-writer', type: 'User' };
    expect(read('issues', { ...edited, sender: other })).toBeNull();
  });

  it.each(['closed', 'deleted', 'transferred'])('that is %s ends what was asked for on it', (action) => {
    expect(read('issues', { ...opened, action })).toEqual({ kind: 'issue-closed', repo, number: 1, by: 21031067 });
  });

  it('that is a pull request is left to the pull request’s own events', () => {
    const issue = part(opened, 'issue', { pull_request: { url: 'https://api.github.com/' } });
    expect(read('issues', { ...opened, issue })).toBeNull();
  });
});
