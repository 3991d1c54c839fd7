/** Which calls are there for files, trees and references? */

import { commitAt } from '../world/git.ts';
import { showRef, showTag } from '../show/commits.ts';
import { repoApi, repoWeb } from '../show/repositories.ts';
import { nodeId, type Shape } from '../show/shape.ts';
import { param } from '../http/input.ts';
import { answers, notFound, problem, Refusal, type Answer, type Context, type Route } from '../http/route.ts';
import { resolve } from './resolve.ts';

const { ok } = answers;

const RAW = /application\/vnd\.github(?:\.v3)?\.raw(?:\+json)?/u;

function contents(context: Context): Answer {
  const { world, repo, query, accept } = context;
  const path = param(context, 'path').replace(/\/+$/u, '');
  const ref = query.get('ref') ?? repo.defaultBranch;
  const sha = resolve(context, repo, ref);
  if (sha === null) throw new Refusal(problem(404, `No commit found for the ref ${ref}`));
  const { files } = commitAt(world.objects, sha);
  const blob = files.get(path);
  if (blob === undefined) return folder(context, [...files], path, ref);
  const content = world.objects.blobs.get(blob) ?? Buffer.alloc(0);
  if (RAW.test(accept)) return { status: 200, body: content.toString('utf8') };
  const big = content.length > 1_048_576;
  return ok({
    ...entry(context, path, blob, 'file', ref),
    size: content.length,
    content: big ? '' : content.toString('base64').replace(/(.{60})/gu, '$1\n'),
    encoding: big ? 'none' : 'base64',
  });
}

function entry({ world, repo }: Context, path: string, sha: string, type: 'file' | 'dir', ref: string): Shape {
  const self = `${repoApi(world, repo)}/contents/${encodeURI(path)}?ref=${encodeURIComponent(ref)}`;
  const git = `${repoApi(world, repo)}/git/${type === 'file' ? 'blobs' : 'trees'}/${sha}`;
  const html = `${repoWeb(repo)}/${type === 'file' ? 'blob' : 'tree'}/${encodeURIComponent(ref)}/${encodeURI(path)}`;
  const download = type === 'file' ? `${repoWeb(repo)}/raw/${encodeURIComponent(ref)}/${encodeURI(path)}` : null;
  return {
    type,
    size: 0,
    name: path.split('/').at(-1) ?? path,
    path,
    sha,
    url: self,
    html_url: html,
    git_url: git,
    download_url: download,
    _links: { self, git, html },
  };
}

function folder(context: Context, files: readonly [string, string][], path: string, ref: string): Answer {
  const prefix = path === '' ? '' : `${path}/`;
  const inside = new Map<string, Shape>();
  for (const [name, sha] of files) {
    if (!name.startsWith(prefix)) continue;
    const [first = '', ...rest] = name.slice(prefix.length).split('/');
    inside.set(first, entry(context, prefix + first, sha, rest.length === 0 ? 'file' : 'dir', ref));
  }
  if (inside.size === 0) throw notFound();
  return ok([...inside.values()]);
}

function blob(context: Context): Answer {
  const { world, repo } = context;
  const sha = param(context, 'file_sha');
  const content = world.objects.blobs.get(sha);
  if (content === undefined) throw notFound();
  return ok({
    sha,
    node_id: nodeId('Blob', sha),
    size: content.length,
    url: `${repoApi(world, repo)}/git/blobs/${sha}`,
    content: content.toString('base64'),
    encoding: 'base64',
  });
}

function tree(context: Context): Answer {
  const { world, repo, query } = context;
  const wanted = param(context, 'tree_sha');
  const commit = resolve(context, repo, wanted);
  const sha = commit === null ? wanted : commitAt(world.objects, commit).tree;
  const deep = query.has('recursive');
  const walk = (at: string, prefix: string): Shape[] =>
    (world.objects.trees.get(at) ?? []).flatMap((item) => [
      {
        path: prefix + item.name,
        mode: item.kind === 'tree' ? '040000' : '100644',
        type: item.kind,
        sha: item.sha,
        ...(item.kind === 'blob' ? { size: world.objects.blobs.get(item.sha)?.length ?? 0 } : {}),
        url: `${repoApi(world, repo)}/git/${item.kind}s/${item.sha}`,
      },
      ...(deep && item.kind === 'tree' ? walk(item.sha, `${prefix}${item.name}/`) : []),
    ]);
  if (!world.objects.trees.has(sha)) throw notFound();
  return ok({ sha, url: `${repoApi(world, repo)}/git/trees/${sha}`, tree: walk(sha, ''), truncated: false });
}

export const fileRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/contents/{path}',
    operation: 'repos/get-content',
    audience: 'installation',
    needs: ['contents:read'],
    handle: contents,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/blobs/{file_sha}',
    operation: 'git/get-blob',
    audience: 'installation',
    needs: ['contents:read'],
    handle: blob,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/trees/{tree_sha}',
    operation: 'git/get-tree',
    audience: 'installation',
    needs: ['contents:read'],
    handle: tree,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/ref/{ref}',
    operation: 'git/get-ref',
    audience: 'installation',
    needs: ['contents:read'],
    handle: (context) => {
      const ref = `refs/${param(context, 'ref')}`;
      const sha = context.repo.refs.get(ref);
      if (sha === undefined) throw notFound();
      return ok(showRef(context.world, context.repo, ref, sha));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/tags/{tag_sha}',
    operation: 'git/get-tag',
    audience: 'installation',
    needs: ['contents:read'],
    handle: (context) => {
      const tag = context.world.objects.tags.get(param(context, 'tag_sha'));
      if (tag === undefined) throw notFound();
      return ok(showTag(context.world, context.repo, tag));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/matching-refs/{ref}',
    operation: 'git/list-matching-refs',
    audience: 'installation',
    needs: ['contents:read'],
    handle: (context) => {
      const prefix = `refs/${param(context, 'ref')}`;
      const found = [...context.repo.refs].filter(([ref]) => ref.startsWith(prefix));
      return ok(found.map(([ref, sha]) => showRef(context.world, context.repo, ref, sha)));
    },
  },
];
