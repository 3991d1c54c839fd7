/** What can a person do? Each act needs the role that GitHub asks for, and throws where the person does not have it. */

import type { Account, World } from '../world/state.ts';
import { fullName, repoNamed } from '../world/find.ts';
import { hasRole, type StandardRole } from '../world/roles.ts';
import type { Repo } from '../world/state.ts';
import { accessActs } from './access.ts';
import { codeActs } from './code.ts';
import { deployActs } from './deploy.ts';
import { talkActs } from './talk.ts';

/** One person at the keyboard. */
export type Stage = { readonly world: World; readonly me: Account };

/** The repository, if the person's role there is enough. */
export function needRole({ world, me }: Stage, repo: string, least: StandardRole): Repo {
  const found = repoNamed(world, repo);
  if (!hasRole(world, found, me, least)) throw new Error(`${me.login} needs ${least} on ${fullName(found)}`);
  return found;
}

/** A person who acts on GitHub: see the files of this folder for what can be done. */
export const createActor = (world: World, me: Account) => {
  const stage: Stage = { world, me };
  return { id: me.id, account: me, ...codeActs(stage), ...talkActs(stage), ...deployActs(stage), ...accessActs(stage) };
};
export type Actor = ReturnType<typeof createActor>;
