/** Reading the policy and CODEOWNERS: found, absent and unreadable are three things. */

import { describe, expect, it } from 'vitest';
import { GitHubRefused, GitHubUnavailable } from '../../../src/engine/ports.ts';
import { adapter, api, AT, REPO, REPOSITORY, onlyNockAnswers } from './setup.ts';

const ROOT = `${AT}/contents/.jit-policy.yml`;
const DOT_GITHUB = `${AT}/contents/.github%2F.jit-policy.yml`;
const file = (text: string) => ({
  type: 'file',
  sha: 'b10b',
  size: text.length,
  path: 'x',
  encoding: 'base64',
  content: Buffer.from(text).toString('base64'),
});

onlyNockAnswers();

describe('the policy file', () => {
  it('is read at the root, with the blob that holds it', async () => {
    api().get(ROOT).reply(200, file('version: 1\n# Ä\n'));
    const { github } = adapter();
    await expect(github.policyFile(REPO)).resolves.toEqual({
      kind: 'found',
      path: '.jit-policy.yml',
      blob: 'b10b',
      text: 'version: 1\n# Ä\n',
    });
  });

  it('is read under .github/ where the root has none', async () => {
    api().get(ROOT).reply(404, { message: 'Not Found' }).get(DOT_GITHUB).reply(200, file('version: 1'));
    const { github } = adapter();
    await expect(github.policyFile(REPO)).resolves.toMatchObject({ kind: 'found', path: '.github/.jit-policy.yml' });
  });

  it('is absent when the repository can be read and neither place has it', async () => {
    api().get(ROOT).reply(404).get(DOT_GITHUB).reply(404).get(AT).reply(200, REPOSITORY);
    const { github } = adapter();
    await expect(github.policyFile(REPO)).resolves.toEqual({ kind: 'absent' });
  });

  it.each([
    ['cannot be read any more', 404, { message: 'Not Found' }],
    ['is now another one under the old name', 200, { ...REPOSITORY, id: 23 }],
    ['is blocked', 403, { message: 'Repository access blocked' }],
  ])('is unreachable, not absent, when the repository %s', async (_why, status, body) => {
    api().get(ROOT).reply(404).get(DOT_GITHUB).reply(404).get(AT).reply(status, body);
    const { github } = adapter();
    await expect(github.policyFile(REPO)).rejects.toThrow(GitHubUnavailable);
  });

  it('is read as a blob when GitHub leaves the content of a large file out', async () => {
    api()
      .get(ROOT)
      .reply(200, { type: 'file', sha: 'b10b', size: 2_000_000, path: 'x', encoding: 'none', content: '' })
      .get(`${AT}/git/blobs/b10b`)
      .reply(200, { encoding: 'base64', content: Buffer.from('version: 1').toString('base64') });
    const { github } = adapter();
    await expect(github.policyFile(REPO)).resolves.toMatchObject({ kind: 'found', text: 'version: 1' });
  });

  it.each([
    ['a directory', [{ name: 'a' }]],
    ['a submodule', { type: 'submodule', sha: 'b10b', size: 0, path: 'x' }],
    ['a symlink', { type: 'symlink', sha: 'b10b', size: 4, path: 'x' }],
    ['too large', { type: 'file', sha: 'b10b', size: 4_000_000, path: 'x', encoding: 'none', content: '' }],
  ])('is refused, not absent, when it is %s', async (_what, body) => {
    api().get(ROOT).reply(200, body);
    const { github } = adapter();
    await expect(github.policyFile(REPO)).rejects.toThrow(GitHubRefused);
  });

  it('is not looked for elsewhere when the root fails in another way than 404', async () => {
    api().get(ROOT).reply(403, { message: 'Resource not accessible by integration' });
    const { github } = adapter();
    await expect(github.policyFile(REPO)).rejects.toThrow(/contents: read/u);
  });
});

describe('CODEOWNERS', () => {
  it('is taken from the first place that GitHub looks at', async () => {
    api()
      .get(`${AT}/contents/.github%2FCODEOWNERS`)
      .reply(404)
      .get(`${AT}/contents/CODEOWNERS`)
      .reply(200, file('* @octo-ana'));
    const { github } = adapter();
    await expect(github.codeowners(REPO)).resolves.toBe('* @octo-ana');
  });

  it('is null when the repository has none', async () => {
    api()
      .get(`${AT}/contents/.github%2FCODEOWNERS`)
      .reply(404)
      .get(`${AT}/contents/CODEOWNERS`)
      .reply(404)
      .get(`${AT}/contents/docs%2FCODEOWNERS`)
      .reply(404)
      .get(AT)
      .reply(200, REPOSITORY);
    const { github } = adapter();
    await expect(github.codeowners(REPO)).resolves.toBeNull();
  });
});
