/** Do webhooks arrive signed, in order, shaped as GitHub describes them, and only once? */

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readManifest } from './manifest.ts';
import { listen, openChange, openShop, type Heard, type Listener } from './testing.ts';

type Shop = Awaited<ReturnType<typeof openShop>>;
let shop: Shop;
let door: Listener;

beforeEach(async () => {
  shop = await openShop({ manifest: { permissions: readManifest().permissions, events: 'all' } });
  door = await listen(shop.github.webhookSecret);
  await shop.github.webhooks.idle();
  shop.github.webhookTarget = door.url;
});
afterEach(async () => {
  await shop.github.close();
  await door.close();
});

const names = (heard: readonly Heard[]): string[] =>
  heard.map(({ event, action }) => (action === null ? event : `${event}.${action}`));

/** GitHub's own description of its webhooks, compiled when a kind is first met. */
const described = new URL(
  '../../../node_modules/@octokit/openapi-webhooks/generated/api.github.com.json',
  import.meta.url,
);
type Described = {
  webhooks: Record<
    string,
    { post?: { requestBody?: { content?: { 'application/json'?: { schema?: { $ref?: string } } } } } }
  >;
  components: { schemas: Record<string, object> };
};
let loaded: { document: Described; ajv: Ajv } | null = null;
function descriptions(): { document: Described; ajv: Ajv } {
  if (loaded !== null) return loaded;
  const document = JSON.parse(readFileSync(described, 'utf8')) as Described;
  const options = { strict: false, inlineRefs: false, validateSchema: false, code: { optimize: false } };
  const ajv = new Ajv({ ...options, logger: false });
  formats.default(ajv);
  ajv.addFormat('repo.nwo', true);
  ajv.addSchema({ $id: 'hooks', components: document.components });
  loaded = { document, ajv };
  return loaded;
}

/** What GitHub's description has against a payload; `null` where it matches. */
function complaintAbout({ event, action, payload }: Heard): string | null {
  const { document, ajv } = descriptions();
  const name = [event, ...(action === null ? [] : [action])].join('-').replaceAll('_', '-');
  const reference = document.webhooks[name]?.post?.requestBody?.content?.['application/json']?.schema?.$ref;
  const validate = reference === undefined ? undefined : ajv.getSchema(`hooks${reference}`);
  if (validate === undefined) return `GitHub describes no webhook ${name}`;
  return validate(payload) ? null : `${name}: ${JSON.stringify(validate.errors?.slice(0, 3))}`;
}

describe('deliveries', () => {
  it('are signed with the secret and name the event, the delivery and the app', async () => {
    openChange(shop.github);
    await shop.github.webhooks.idle();
    expect(door.forged).toEqual([]);
    expect(door.heard.length).toBeGreaterThan(2);
    const [delivery] = shop.github.deliveries.filter((one) => one.event === 'pull_request');
    expect(delivery?.requestHeaders['x-github-hook-installation-target-id']).toBe(String(shop.github.appId));
    expect(delivery?.guid).toMatch(/^[0-9a-f-]{36}$/u);
    expect(delivery).toMatchObject({ status: 'OK', statusCode: 202 });
  });

  it('come in the order in which things happened, each after the one before was answered', async () => {
    const { number } = openChange(shop.github);
    let waiting = 0;
    let most = 0;
    door.answer = async () => {
      waiting += 1;
      most = Math.max(most, waiting);
      await sleep(2);
      waiting -= 1;
      return 202;
    };
    for (let round = 0; round < 20; round += 1) shop.github.as('ana').comment('octo/shop', number, `number ${round}`);
    await shop.github.webhooks.idle();
    const said = door.heard
      .filter((one) => one.event === 'issue_comment')
      .map((one) => (one.payload['comment'] as { body: string }).body);
    expect(said).toEqual(Array.from({ length: 20 }, (_, round) => `number ${round}`));
    expect(most).toBe(1);
  });

  it('say what was true when it happened, whatever happened since', async () => {
    shop.github.webhooks.pause();
    const comment = shop.github.as('ana').comment('octo/shop', openChange(shop.github).number, 'first');
    shop.github.as('ana').editComment('octo/shop', comment, 'second');
    shop.github.webhooks.resume();
    await shop.github.webhooks.idle();
    const bodies = door.heard
      .filter((one) => one.event === 'issue_comment')
      .map((one) => (one.payload['comment'] as { body: string }).body);
    expect(bodies).toEqual(['first', 'second']);
  });

  it('that fail are recorded, not repeated, and sent again with the same id when the app asks', async () => {
    door.answer = () => 500;
    shop.github.as('ana').openIssue('octo/shop', { title: 'help' });
    await shop.github.webhooks.idle();
    expect(names(door.heard)).toEqual(['issues.opened']);
    const listed = await shop.app.rest.apps.listWebhookDeliveries({ status: 'failure' });
    const missed = listed.data.find((one) => one.event === 'issues');
    expect(missed).toMatchObject({ status_code: 500, redelivery: false });
    door.answer = () => 202;
    await shop.app.rest.apps.redeliverWebhookDelivery({ delivery_id: missed?.id ?? 0 });
    await shop.github.webhooks.idle();
    expect(door.heard.map((one) => one.id)).toEqual([missed?.guid, missed?.guid]);
    const full = await shop.app.rest.apps.getWebhookDelivery({ delivery_id: missed?.id ?? 0 });
    expect(full.data.request.payload).toMatchObject({ action: 'opened' });
    expect(shop.github.violations).toEqual([]);
  });

  it('are listed newest first over pages', async () => {
    for (let round = 0; round < 12; round += 1)
      shop.github.as('ana').openIssue('octo/shop', { title: `issue ${round}` });
    await shop.github.webhooks.idle();
    const all = await shop.app.paginate(shop.app.rest.apps.listWebhookDeliveries, { per_page: 5 });
    const ids = all.map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    expect(all.filter((one) => one.event === 'issues')).toHaveLength(12);
  });

  it('can be lost, doubled, held back and put in another order', async () => {
    const { github } = shop;
    github.webhooks.loseNext(1, 'issues');
    github.webhooks.duplicateNext(1, 'issues');
    github.as('ana').openIssue('octo/shop', { title: 'lost' });
    github.as('ana').openIssue('octo/shop', { title: 'twice' });
    await github.webhooks.idle();
    const titles = (): string[] => door.heard.map((one) => (one.payload['issue'] as { title: string }).title);
    expect(titles()).toEqual(['twice', 'twice']);
    expect(new Set(door.heard.map((one) => one.id)).size).toBe(1);
    expect(github.deliveries.filter((one) => one.status === 'timed out')).toHaveLength(1);

    github.webhooks.pause();
    github.as('ana').openIssue('octo/shop', { title: 'a' });
    github.as('ana').openIssue('octo/shop', { title: 'b' });
    await github.webhooks.idle();
    expect(titles()).toHaveLength(2);
    github.webhooks.resume((held) => held.toReversed());
    await github.webhooks.idle();
    expect(titles().slice(2)).toEqual(['b', 'a']);
  });

  it('reach nobody who is not installed, suspended, or not subscribed', async () => {
    const { github } = shop;
    github.createRepository('olga', 'private');
    github.as('olga').openIssue('olga/private', { title: 'not installed' });
    github.suspendInstallation(shop.installation, 'olga');
    github.as('olga').openIssue('octo/shop', { title: 'suspended' });
    await github.webhooks.idle();
    expect(names(door.heard)).toEqual(['installation.suspend']);
    expect(door.heard[0]?.payload).toMatchObject({ sender: { login: 'olga' } });
  });

  it("are those of the app's manifest where nothing else is said", async () => {
    const own = await openShop();
    own.github.webhookTarget = door.url;
    const run = own.github.as('ben').startRun('octo/shop', { environment: 'free' });
    await own.github.webhooks.idle();
    await own.github.close();
    const events = new Set(own.github.deliveries.map((one) => one.event));
    expect(events).toContain('deployment');
    expect(events).not.toContain('deployment_status');
    expect(run).toBeGreaterThan(0);
  });
});

describe('payloads', () => {
  it('match what GitHub describes, for every kind that the app can hear of', async () => {
    const { github, octokit, target } = shop;
    const olga = github.as('olga');
    const ben = github.as('ben');
    github.ping();
    github.createEnvironment('octo/shop', 'production', { customRule: true });
    const { number, sha } = openChange(github);
    ben.push('octo/shop', { branch: 'change', files: { 'more.txt': 'more' }, coAuthors: ['ana'] });
    olga.label('octo/shop', number, 'hot');
    olga.unlabel('octo/shop', number, 'hot');
    ben.edit('octo/shop', number, { title: 'A title', body: 'A body' });
    ben.push('octo/shop', { branch: 'release', files: { 'r.txt': 'r' } });
    ben.retarget('octo/shop', number, 'release');
    ben.convertToDraft('octo/shop', number);
    ben.markReady('octo/shop', number);
    ben.closePull('octo/shop', number);
    ben.reopenPull('octo/shop', number);
    const review = github.as('ana').review('octo/shop', number, 'approve', 'fine');
    github.as('ana').editReview('octo/shop', number, review, 'finer');
    ben.dismissReview('octo/shop', number, review);
    const comment = ben.comment('octo/shop', number, 'hello');
    ben.editComment('octo/shop', comment, 'hello you');
    ben.deleteComment('octo/shop', comment);
    const issue = ben.openIssue('octo/shop', { title: 'access', labels: ['access-request'] });
    ben.edit('octo/shop', issue, { body: 'please' });
    ben.closeIssue('octo/shop', issue);
    ben.reopenIssue('octo/shop', issue);
    const check = await octokit.rest.checks.create({
      ...target,
      name: 'jit/merge',
      head_sha: sha,
      conclusion: 'action_required',
      actions: [{ label: 'Approve', description: 'Let it go', identifier: 'approve' }],
    });
    ben.clickCheckButton('octo/shop', check.data.id, 'approve');
    ben.rerequestCheck('octo/shop', check.data.id);
    ben.rerequestSuite('octo/shop', sha, github.appId);
    const run = ben.startRun('octo/shop', { pull: number, environment: 'production' });
    ben.startRun('octo/shop', { branch: 'main', environment: 'production' });
    ben.cancelRun('octo/shop', run);
    const deployment = ben.createDeployment('octo/shop', { ref: 'main', environment: 'staging' });
    ben.setDeploymentStatus('octo/shop', deployment, 'success');
    olga.addCollaborator('octo/shop', 'ana', 'push');
    olga.addCollaborator('octo/shop', 'ana', 'pull');
    olga.removeCollaborator('octo/shop', 'ana');
    olga.addCollaborator('octo/shop', 'eve', 'push');
    github.as('eve').acceptInvitation('octo/shop');
    github.createTeam('octo', 'security');
    olga.addToTeam('octo', 'security', 'ana');
    olga.removeFromTeam('octo', 'security', 'ana');
    olga.setTeamRole('octo/shop', 'security', 'push');
    olga.setTeamRole('octo/shop', 'security', null);
    github.protectBranch('octo/shop', 'release', { requiredChecks: [{ name: 'ci' }], mergeQueue: true });
    github.reportCheck('octo/shop', github.see.pull('octo/shop', number).headSha, {
      name: 'ci',
      conclusion: 'success',
    });
    expect(ben.enqueue('octo/shop', number)).toMatchObject({ ok: true });
    const [group] = github.see.queue('octo/shop', 'release');
    github.reportCheck('octo/shop', group?.headSha ?? '', { name: 'ci', conclusion: 'success' });
    expect(github.see.pull('octo/shop', number).merged).toBe(true);
    ben.pointRef('octo/shop', 'refs/tags/v1', sha);
    ben.pointRef('octo/shop', 'refs/heads/change', null);
    olga.renameRepository('octo/shop', 'store');
    olga.removeFromOrganization('octo', 'ana');
    github.suspendInstallation(shop.installation, 'olga');
    github.unsuspendInstallation(shop.installation, 'olga');
    github.createRepository('octo', 'extra');
    github.removeFromInstallation(shop.installation, 'octo/extra');
    github.addToInstallation(shop.installation, 'octo/extra');
    github.uninstall(shop.installation, 'olga');
    await github.webhooks.idle();

    const complaints = [...new Set(door.heard.map(complaintAbout).filter((one) => one !== null))];
    expect(complaints).toEqual([]);
    expect([...new Set(names(door.heard))].sort()).toEqual(
      [
        'check_run.completed',
        'check_run.created',
        'check_run.requested_action',
        'check_run.rerequested',
        'check_suite.requested',
        'check_suite.rerequested',
        'deployment.created',
        'deployment_protection_rule.requested',
        'deployment_status.created',
        'installation.deleted',
        'installation.suspend',
        'installation.unsuspend',
        'installation_repositories.added',
        'installation_repositories.removed',
        'issue_comment.created',
        'issue_comment.deleted',
        'issue_comment.edited',
        'issues.closed',
        'issues.edited',
        'issues.labeled',
        'issues.opened',
        'issues.reopened',
        'member.added',
        'member.edited',
        'member.removed',
        'membership.added',
        'membership.removed',
        'merge_group.checks_requested',
        'merge_group.destroyed',
        'organization.member_removed',
        'ping',
        'pull_request.closed',
        'pull_request.converted_to_draft',
        'pull_request.edited',
        'pull_request.labeled',
        'pull_request.opened',
        'pull_request.ready_for_review',
        'pull_request.reopened',
        'pull_request.synchronize',
        'pull_request.unlabeled',
        'pull_request_review.dismissed',
        'pull_request_review.edited',
        'pull_request_review.submitted',
        'push',
        'repository.renamed',
        'team.added_to_repository',
        'team.removed_from_repository',
        'workflow_run.completed',
        'workflow_run.requested',
      ].sort(),
    );
    expect(github.violations).toEqual([]);
  });
});
