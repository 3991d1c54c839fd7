/** What GitHub is told about the app when it is registered: app.yml, with the address of this server put in. */

import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { z } from 'zod';

const APP_YML = new URL('../../../app.yml', import.meta.url);

const AppFile = z.object({
  name: z.string().max(34),
  description: z.string(),
  url: z.url(),
  public: z.boolean(),
  default_events: z.array(z.string()),
  default_permissions: z.record(z.string(), z.enum(['read', 'write'])),
});

/** What app.yml says. */
export type AppFile = z.infer<typeof AppFile>;

/** https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
export type Manifest = AppFile & {
  readonly redirect_url: string;
  readonly hook_attributes: { readonly url: string; readonly active: boolean };
};

/** Where Probot takes webhooks. */
export const WEBHOOK_PATH = '/api/github/webhooks';

/** Reads app.yml. Throws where it is not what GitHub takes, which is a mistake in this project. */
export const readAppFile = (): AppFile => AppFile.parse(load(readFileSync(APP_YML, 'utf8')));

/**
 * The manifest. `publicUrl` is where GitHub reaches this server; `null` registers the app with its webhook switched
 * off, since GitHub wants an address even then.
 */
export function manifest(app: AppFile, name: string | null, publicUrl: string | null, redirectUrl: string): Manifest {
  return {
    ...app,
    name: name ?? app.name,
    url: publicUrl ?? app.url,
    redirect_url: redirectUrl,
    hook_attributes: { url: (publicUrl ?? app.url).replace(/\/+$/u, '') + WEBHOOK_PATH, active: publicUrl !== null },
  };
}
