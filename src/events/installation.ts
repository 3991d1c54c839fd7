/** `installation`, `installation_repositories` and `repository`: where the app is, and what it is called there. */

import { z } from 'zod';
import type { DomainEvent } from '../domain/event.ts';
import { installationId } from '../domain/identity.ts';
import { InstallationEvent, ListedRepository, listedRepo, RepositoryEvent, repoOf } from './payload.ts';

const InstallationPayload = InstallationEvent.extend({
  action: z.string(),
  repositories: z.array(ListedRepository).nullish(),
});

const CHANGES = ['created', 'deleted', 'suspend', 'unsuspend', 'new_permissions_accepted'] as const;

export function fromInstallation(raw: unknown): DomainEvent | null {
  const payload = InstallationPayload.parse(raw);
  const change = CHANGES.find((candidate) => candidate === payload.action);
  if (change === undefined) return null;
  const { id } = payload.installation;
  return {
    kind: 'installation-changed',
    installation: installationId(id),
    change,
    by: payload.sender?.id ?? null,
    repos: (payload.repositories ?? []).map((listed) => listedRepo(id, listed)),
  };
}

const RepositoriesPayload = InstallationEvent.extend({
  action: z.string(),
  repositories_added: z.array(ListedRepository),
  repositories_removed: z.array(z.object({ id: z.int() })),
});

export function fromInstallationRepositories(raw: unknown): DomainEvent | null {
  const payload = RepositoriesPayload.parse(raw);
  const { id } = payload.installation;
  switch (payload.action) {
    case 'added':
      return { kind: 'repositories-added', repos: payload.repositories_added.map((listed) => listedRepo(id, listed)) };
    case 'removed':
      return {
        kind: 'repositories-removed',
        installation: installationId(id),
        ids: payload.repositories_removed.map((listed) => listed.id),
        why: 'removed from the installation',
      };
    default:
      return null;
  }
}

const RepositoryPayload = RepositoryEvent.extend({ action: z.string() });

export function fromRepository(raw: unknown): DomainEvent | null {
  const payload = RepositoryPayload.parse(raw);
  switch (payload.action) {
    case 'renamed':
    case 'transferred':
      return { kind: 'repository-renamed', repo: repoOf(payload) };
    case 'deleted':
      return {
        kind: 'repositories-removed',
        installation: installationId(payload.installation.id),
        ids: [payload.repository.id],
        why: 'the repository was deleted',
      };
    default:
      return null;
  }
}
