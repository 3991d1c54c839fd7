/** `jit-gate grants`: who has access through a grant now, and taking it back where nothing else does. */

import { Command } from 'commander';
import type { Grant } from '../domain/grant.ts';
import { grantableName, isTeam, type Grantable } from '../domain/grantable.ts';
import { after, type Instant, type RepoRef } from '../domain/identity.ts';
import { isScheduled, type ScheduledRequest } from '../domain/request.ts';
import type { Store } from '../engine/ports.ts';
import { fromExport } from './audit/source.ts';
import { githubOfApp, revokeDue, type RevokeOptions } from './grants/revoke.ts';
import { withStore } from './store.ts';
import { EXIT, outJson, type Ends, type ExitCode, type Terminal } from './terminal.ts';

/** What of the store is needed here. */
type GrantStore = Pick<Store, 'now' | 'allRunningGrants' | 'scheduledRequests'>;
type Options = { readonly json?: true; readonly overdue?: true };

export const grantsCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('grants')
    .description('Look at the access that is given for a time, and take it back.')
    .addCommand(revokeCommand(terminal, ends))
    .addCommand(
      new Command('list')
        .description('List every grant that is not over, by its end, and then what is approved and has not begun.')
        .option('--overdue', 'only those whose end has passed; ends with 1 if there are any')
        .option('--json', 'print them as JSON')
        .action(
          ends(async (options: Options) => {
            return await withStore(terminal, async (store) => await listGrants(store, options, terminal));
          }),
        ),
    );

type RevokeArguments = RevokeOptions & { readonly overdue: true; readonly fromExport: string };

const revokeCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('revoke')
    .description(
      'Take back what should be over, without the server and its database: with an export of the audit log, and the key of the app in APP_ID and PRIVATE_KEY_PATH. Says what it would do, unless --yes is said. Roles and memberships that no grant gave are left alone.',
    )
    .requiredOption('--overdue', 'those whose end is over by the clock of this machine')
    .requiredOption('--from-export <file>', 'the file that `audit export` wrote')
    .option('--yes', 'do it')
    .option('--json', 'print what was found and done as JSON')
    .action(
      ends(async ({ fromExport: file, ...options }: RevokeArguments) => {
        const github = await githubOfApp(terminal);
        if (github === null) return EXIT.usage;
        return await revokeDue(fromExport(file, terminal.cwd).entries(), github, options, terminal);
      }),
    );

/** Lists by the database's clock, which is the one that ends grants. */
export async function listGrants(store: GrantStore, options: Options, terminal: Terminal): Promise<ExitCode> {
  const now = await store.now();
  const running = [...(await store.allRunningGrants())].sort((a, b) => a.endsAt - b.endsAt);
  const overdue = running.filter((grant) => grant.endsAt <= now);
  const shown = options.overdue === true ? overdue : running;
  const scheduled = options.overdue === true ? [] : (await store.scheduledRequests()).filter(isScheduled);
  if (options.json === true) {
    outJson(terminal, [...shown.map((grant) => asJson(grant, now)), ...scheduled.map(scheduledJson)]);
  } else
    for (const line of [...shown.map((grant) => asLine(grant, now)), ...scheduled.map(scheduledLine)])
      terminal.out(line);
  const late = overdue.length === 0 ? '' : `, ${overdue.length} overdue`;
  const ahead = scheduled.length === 0 ? '' : `, ${scheduled.length} not begun`;
  terminal.say(`${running.length} not over${late}${ahead}.`);
  return options.overdue === true && overdue.length > 0 ? EXIT.findings : EXIT.fine;
}

const time = (instant: Instant): string => new Date(instant).toISOString();

const asJson = (grant: Grant, now: Instant): Readonly<Record<string, unknown>> => ({
  id: grant.id,
  state: grant.state,
  grantee: grant.grantee,
  role: grantableName(grant.role),
  ...(isTeam(grant.role) ? { team: grant.role.id } : {}),
  repository: { id: grant.repo.id, name: `${grant.repo.owner}/${grant.repo.name}` },
  startsAt: time(grant.startsAt),
  endsAt: time(grant.endsAt),
  overdue: grant.endsAt <= now,
  requestId: grant.requestId,
});

const scheduledJson = ({ id, subject }: ScheduledRequest): Readonly<Record<string, unknown>> => ({
  id: null,
  state: 'scheduled',
  grantee: subject.grantee,
  role: grantableName(subject.role),
  ...(isTeam(subject.role) ? { team: subject.role.id } : {}),
  repository: { id: subject.target.id, name: `${subject.target.owner}/${subject.target.name}` },
  startsAt: time(subject.start),
  endsAt: time(after(subject.start, subject.duration)),
  overdue: false,
  requestId: id,
});

/** A role on a repository, or a team, with the repository that it was asked for under. */
const whatWords = (what: Grantable, { owner, name }: RepoRef): string =>
  `${grantableName(what)} ${isTeam(what) ? 'under' : 'on'} ${owner}/${name}`;

function scheduledLine({ id, subject }: ScheduledRequest): string {
  const what = whatWords(subject.role, subject.target);
  const who = `${subject.grantee.login} (${subject.grantee.id})`;
  return `${time(after(subject.start, subject.duration))}  scheduled  ${who}  ${what}  ${id}  begins ${time(subject.start)}`;
}

function asLine(grant: Grant, now: Instant): string {
  const what = whatWords(grant.role, grant.repo);
  const who = `${grant.grantee.login} (${grant.grantee.id})`;
  const late = grant.endsAt <= now ? '  OVERDUE' : '';
  return `${time(grant.endsAt)}  ${grant.state.padEnd(8)}  ${who}  ${what}  ${grant.id}${late}`;
}
