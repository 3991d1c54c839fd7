/** The last part: the log of all that was done, verified by the command that an operator would use. */

import { runCommand, type AppProcess, type Place } from '../app-process.ts';
import type { Timeline } from '../timeline.ts';
import type { Watch } from '../watch.ts';

export async function audit(place: Place, app: AppProcess, timeline: Timeline, watch: Watch): Promise<void> {
  timeline.chapter('4. Everything is in the audit log, and the log is whole');
  const code = await app.stop();
  watch.is('the app stopping cleanly', code === 0, `exit code ${String(code)}`);
  timeline.here('the app is stopped, since its embedded database belongs to one process at a time');
  timeline.here('$ jit-gate audit verify');
  const { code: verified, out, said } = await runCommand(place, 'audit', 'verify');
  const entries = /: (\d+) entries, whole/u.exec(out)?.[1];
  watch.is('audit verify finding its chain whole', verified === 0 && Number(entries) > 0, `${out}\n${said}`);
  timeline.here(`${entries ?? ''} entries, chain intact`);
  timeline.quote(out);
}
