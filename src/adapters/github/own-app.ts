/** Who is this app, on GitHub? */

import type { Client } from './client.ts';
import { wire } from './wire.ts';

/** Its numeric id, which is what marks its checks and comments as its own, and its name in addresses. */
export type OwnApp = () => Promise<{ readonly id: number; readonly slug: string }>;

/** Asked once: an app's id never changes, and its slug only with its name. A failure is not kept. */
export function ownApp(client: Client): OwnApp {
  let asked: ReturnType<OwnApp> | null = null;
  return async () => {
    asked ??= client.get('app', 'GET /app', {}, wire.app);
    try {
      return await asked;
    } catch (error) {
      asked = null;
      throw error;
    }
  };
}
