/** Has the app what it needs on GitHub, and has each installation accepted it? */

import {
  finding,
  levelOf,
  ok,
  type AppFacts,
  type DoctorFinding,
  type InstallationFacts,
  type Rights,
} from './model.ts';

/** What `has` lacks of `wants`, and what it has beyond it, each in words such as `checks: write`. */
function compare(wants: Rights, has: Rights): Readonly<Record<'lacks' | 'beyond' | 'deaf' | 'chatty', string[]>> {
  const level = ([name, value]: readonly [string, string]): string => `${name}: ${value}`;
  const deafTo = new Set(has.events);
  const wanted = new Set(wants.events);
  return {
    lacks: Object.entries(wants.permissions)
      .filter(([name, value]) => levelOf(has.permissions[name]) < levelOf(value))
      .map(level),
    // Every app reads metadata, whether it asks or not.
    beyond: Object.entries(has.permissions)
      .filter(([name, value]) => name !== 'metadata' && levelOf(value) > levelOf(wants.permissions[name]))
      .map(level),
    deaf: wants.events.filter((event) => !deafTo.has(event)),
    chatty: has.events.filter((event) => !wanted.has(event)),
  };
}

/** Compares the app's settings on GitHub with what app.yml asks for. */
export function appFindings(wants: Rights, app: AppFacts): readonly DoctorFinding[] {
  const { lacks, beyond, deaf, chatty } = compare(wants, app);
  const page = `${app.page}/permissions`;
  const found: DoctorFinding[] = [];
  if (lacks.length > 0) {
    const todo = 'give it these permissions, and have every installation accept them';
    found.push(finding('error', 'app-permission-missing', 'app', `the app lacks ${lacks.join(', ')}`, { todo, page }));
  }
  if (deaf.length > 0) {
    const todo = 'tick these events';
    found.push(
      finding('error', 'app-event-missing', 'app', `GitHub does not tell the app of ${deaf.join(', ')}`, {
        todo,
        page,
      }),
    );
  }
  if (beyond.length > 0) {
    const todo = 'take away what it does not need: whoever gets the key gets that, too';
    found.push(
      finding('warning', 'app-permission-extra', 'app', `the app has more than it needs: ${beyond.join(', ')}`, {
        todo,
        page,
      }),
    );
  }
  if (chatty.length > 0) {
    const todo = 'untick these events';
    found.push(
      finding('warning', 'app-event-extra', 'app', `the app is told of what it does not use: ${chatty.join(', ')}`, {
        todo,
        page,
      }),
    );
  }
  return found.length > 0
    ? found
    : [ok('app', 'app', `${app.slug} (${app.id}) has the permissions and events of app.yml`)];
}

/** What each installation has accepted. An app without any does nothing. */
export function installationFindings(
  wants: Rights,
  app: AppFacts,
  installations: readonly InstallationFacts[],
): readonly DoctorFinding[] {
  if (installations.length > 0) return installations.flatMap((one) => installationFindingsOf(wants, one));
  const rest = { todo: 'install it', page: `${app.page}/installations` };
  return [finding('error', 'not-installed', 'app', 'the app is installed nowhere', rest)];
}

function installationFindingsOf(wants: Rights, one: InstallationFacts): readonly DoctorFinding[] {
  const about = `installation ${one.account}`;
  const { page } = one;
  if (one.suspended) {
    const message = 'the installation is suspended: nothing is released and no access is taken back there';
    return [finding('error', 'installation-suspended', about, message, { todo: 'lift the suspension', page })];
  }
  const { lacks, deaf } = compare(wants, one);
  const missing = [...lacks, ...deaf.map((event) => `the event ${event}`)];
  if (missing.length === 0) return [ok('installation', about, 'has accepted what the app asks for')];
  const message = `has not accepted ${missing.join(', ')}`;
  const todo = 'have an owner accept the new permissions';
  return [finding('error', 'installation-permission-missing', about, message, { todo, page })];
}
