/** `jit-gate policy diff`: what a change of a policy means, in words. */

import { Command, Option } from 'commander';
import { diffPolicies, weakestFirst } from '../../domain/policy/diff.ts';
import type { PolicyChange } from '../../domain/policy/diff/change.ts';
import { EXIT, outJson, usage, type Ends, type ExitCode, type Terminal } from '../terminal.ts';
import { policyOf, readSource } from './source.ts';

type Options = { readonly json?: true; readonly failOn?: 'weaker' };

export const diffCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('diff')
    .description('Say in words what a change of a policy means: who gains, who loses, what is no longer held.')
    .argument('<old>', 'the policy as it was; - reads standard input')
    .argument('<new>', 'the policy as it is to be; - reads standard input')
    .option('--json', 'print the changes as JSON')
    .addOption(new Option('--fail-on <effect>', 'end with 1 if a change makes it weaker').choices(['weaker']))
    .action(
      ends(async (before: string, after: string, options: Options) =>
        before === '-' && after === '-'
          ? usage('Standard input can be one of the two, not both.', terminal)
          : await diff([before, after], options, terminal),
      ),
    );

async function diff(files: readonly [string, string], options: Options, terminal: Terminal): Promise<ExitCode> {
  const [was, is] = [await readSource(files[0], terminal), await readSource(files[1], terminal)];
  if (!was.ok || !is.ok) {
    for (const source of [was, is]) if (!source.ok) terminal.say(source.error);
    return EXIT.usage;
  }
  const [before, after] = [policyOf(was.value, terminal), policyOf(is.value, terminal)];
  if (before === null || after === null) return EXIT.findings;
  const changes = weakestFirst(diffPolicies(before, after));
  const weaker = changes.filter(({ effect }) => effect === 'weaker').length;
  if (options.json === true) outJson(terminal, { weaker: weaker > 0, changes });
  else for (const change of changes) terminal.out(describe(change));
  terminal.say(
    changes.length === 0 ? 'Both mean the same.' : `${changes.length} changes, ${weaker} of them make it weaker.`,
  );
  return options.failOn === 'weaker' && weaker > 0 ? EXIT.findings : EXIT.fine;
}

const describe = ({ effect, rule, what }: PolicyChange): string =>
  `${effect.padEnd(8)}  ${rule === null ? '' : `${rule}: `}${what}`;
