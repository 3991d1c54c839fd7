/** What pull requests, their reviews and merge groups are read as. */

import { describe, expect, it } from 'vitest';
import { readEvent } from '../../src/events/read.ts';
import { example, part, type Payload } from '../support/example.ts';

const read = (event: string, payload: Payload) => readEvent(event, payload, 'https://api.github.com');

const repo = { installationId: 1, id: 186853002, owner: 'Codertocat', name: 'Hello-World' };
const HEAD = 'ec26c3e57ca3a959ca5aad62de7213c562f8c821';
const moved = { by: 21031067, at: Date.parse('2019-05-15T15:20:33Z'), head: HEAD, base: 'master' };
const still = { kind: 'pull-changed', repo, pull: 2, moved: null, pushed: false, reopened: false };

describe('a pull request', () => {
  it.each([
    ['opened', { ...still, moved, pushed: true }],
    ['synchronize', { ...still, moved, pushed: true }],
    ['reopened', { ...still, moved, reopened: true }],
    ['ready_for_review', still],
    ['converted_to_draft', still],
    ['labeled', still],
    ['unlabeled', still],
    ['closed', { kind: 'pull-closed', repo, pull: 2, merged: false }],
    ['assigned', null],
    ['locked', null],
    ['review_requested', null],
  ])('that is %s', (action, expected) => {
    expect(read('pull_request', example('pull_request', action))).toEqual(expected);
  });

  it('that was merged is told apart from one that was closed', () => {
    const closed = example('pull_request', 'closed');
    const merged = { ...closed, pull_request: part(closed, 'pull_request', { merged: true }) };
    expect(read('pull_request', merged)).toMatchObject({ kind: 'pull-closed', merged: true });
  });

  it('whose base was changed has moved, though nobody pushed; one whose title was changed has not', () => {
    const edited = { ...example('pull_request', 'opened'), action: 'edited' };
    const base = { base: { ref: { from: 'release' }, sha: { from: HEAD } } };
    expect(read('pull_request', { ...edited, changes: base })).toEqual({ ...still, moved });
    expect(read('pull_request', { ...edited, changes: { title: { from: 'Old' } } })).toEqual(still);
  });

  it('with a head that is no commit is refused', () => {
    const opened = example('pull_request', 'opened');
    const broken = { ...opened, pull_request: part(opened, 'pull_request', { head: { sha: '' } }) };
    expect(() => read('pull_request', broken)).toThrow();
  });
});

describe('a review', () => {
  const submitted = example('pull_request_review', 'submitted');
  const with_ = (changes: Payload, rest: Payload = {}): Payload => ({
    ...submitted,
    review: part(submitted, 'review', changes),
    ...rest,
  });

  it('that approves is told with its commit, its author and GitHub’s time', () => {
    expect(read('pull_request_review', with_({ state: 'approved', submitted_at: '2026-05-04T12:00:00Z' }))).toEqual({
      kind: 'review-approved',
      repo,
      pull: 2,
      reviewId: 237895671,
      commit: HEAD,
      author: { id: 21031067, login: 'Codertocat', automated: false },
      at: Date.parse('2026-05-04T12:00:00Z'),
    });
  });

  it.each(['commented', 'changes_requested', 'dismissed', 'pending', 'approved-ish'])(
    'that is %s approves nothing',
    (state) => {
      expect(read('pull_request_review', with_({ state }))?.kind).not.toBe('review-approved');
    },
  );

  it.each([['commit_id'], ['user'], ['submitted_at']])('without its %s approves nothing', (key) => {
    expect(read('pull_request_review', with_({ state: 'approved', [key]: null }))).toBeNull();
  });

  it('that was dismissed or edited takes its vote back', () => {
    const source = { kind: 'review', id: 237895671 };
    expect(read('pull_request_review', example('pull_request_review', 'dismissed'))).toEqual({
      kind: 'vote-source-changed',
      repo,
      source,
      change: 'review-dismissed',
      by: 21031067,
    });
    expect(read('pull_request_review', with_({}, { action: 'edited', changes: {} }))).toMatchObject({
      source,
      change: 'review-edited',
    });
  });
});

describe('a merge group', () => {
  const asked = example('merge_group', 'checks_requested');

  it('is told with its head, its base branch and the commit that it is built on', () => {
    expect(read('merge_group', asked)).toEqual({
      kind: 'merge-group-asked',
      repo: { installationId: 1, id: 17273051, owner: 'octo-org', name: 'octo-repo' },
      head: '2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d',
      headRef: 'refs/heads/gh-readonly-queue/main/pr-104-929f8209d40f77f4abc622a499c93a83babdbe64',
      base: 'main',
      baseSha: '380387fbc80638b734a49e1be1c4dfec1c01b33c',
    });
  });

  it('keeps the slashes of its base branch', () => {
    const merge_group = part(asked, 'merge_group', { base_ref: 'refs/heads/release/refs/heads/1' });
    expect(read('merge_group', { ...asked, merge_group })).toMatchObject({ base: 'release/refs/heads/1' });
  });

  it('that is over is told by its head', () => {
    expect(read('merge_group', { ...asked, action: 'destroyed', reason: 'invalidated' })).toMatchObject({
      kind: 'merge-group-ended',
      head: '2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d',
    });
  });
});
