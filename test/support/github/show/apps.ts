/** How does GitHub show apps, installations and webhook deliveries? */

import { stamp, stampOrNull } from '../world/clock.ts';
import type { App, Delivery, Installation, Permissions, World } from '../world/state.ts';
import { showAccount, showAccountOrNull } from './accounts.ts';
import { nodeId, WEB, type Shape } from './shape.ts';

const listOf = (events: ReadonlySet<string> | 'all'): string[] => (events === 'all' ? [] : [...events].sort());

export const showApp = (world: World, app: App): Shape => ({
  id: app.id,
  client_id: `Iv1.${app.id}`,
  slug: app.slug,
  node_id: nodeId('App', app.id),
  owner: showAccount(world, app.owner),
  name: app.name,
  description: '',
  external_url: `${WEB}/apps/${app.slug}`,
  html_url: `${WEB}/apps/${app.slug}`,
  created_at: stamp(app.createdAt),
  updated_at: stamp(app.createdAt),
  permissions: app.permissions,
  events: listOf(app.events),
});

export const showInstallation = (world: World, installation: Installation): Shape => ({
  id: installation.id,
  client_id: `Iv1.${installation.app.id}`,
  account: showAccount(world, installation.account),
  repository_selection: installation.repos === 'all' ? 'all' : 'selected',
  access_tokens_url: `${world.url}/app/installations/${installation.id}/access_tokens`,
  repositories_url: `${world.url}/installation/repositories`,
  html_url: `${WEB}/organizations/${installation.account.login}/settings/installations/${installation.id}`,
  app_id: installation.app.id,
  app_slug: installation.app.slug,
  target_id: installation.account.id,
  target_type: installation.account.type,
  permissions: permissionsForInstallation(installation.permissions),
  events: listOf(installation.app.events),
  created_at: stamp(installation.createdAt),
  updated_at: stamp(installation.createdAt),
  single_file_name: null,
  has_multiple_single_files: false,
  single_file_paths: [],
  suspended_by: showAccountOrNull(world, installation.suspendedBy),
  suspended_at: stampOrNull(installation.suspendedAt),
});

const permissionsForInstallation = (permissions: Permissions): Permissions => ({ metadata: 'read', ...permissions });

export const showDelivery = (delivery: Delivery): Shape => ({
  id: delivery.id,
  guid: delivery.guid,
  delivered_at: stamp(delivery.deliveredAt),
  redelivery: delivery.redelivery,
  duration: delivery.durationSeconds,
  status: delivery.status,
  status_code: delivery.statusCode,
  event: delivery.event,
  action: delivery.action,
  installation_id: delivery.installationId,
  repository_id: delivery.repositoryId,
  throttled_at: null,
});

export const showDeliveryInFull = (delivery: Delivery): Shape => ({
  ...showDelivery(delivery),
  url: delivery.app.webhookTarget ?? '',
  request: { headers: delivery.requestHeaders, payload: delivery.payload },
  response: { headers: {}, payload: delivery.responseBody },
});
