/** Can people ask for access in an issue of the repository? */

import { load } from 'js-yaml';
import { z } from 'zod';
import { readAccessForm, REQUEST_LABEL } from '../access-form.ts';
import { ACCESS_REQUEST_TEMPLATE_PATH, formOptions } from '../issue-template.ts';
import type { Policy } from '../policy/model.ts';
import { ok, refused, type Result } from '../result.ts';
import { finding, nameOf, ok as fine, type DoctorFinding, type RepoFacts } from './model.ts';

const Form = z.object({
  labels: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(',').map((one) => one.trim()))])
    .optional(),
  body: z.array(
    z.object({
      type: z.string(),
      attributes: z
        .object({
          label: z.string().optional(),
          options: z.array(z.union([z.string(), z.number(), z.unknown().transform(() => '')])).optional(),
        })
        .optional(),
    }),
  ),
});

type IssueForm = z.output<typeof Form>;

function readForm(text: string): Result<IssueForm, string> {
  let document: unknown;
  try {
    document = load(text, { maxAliases: 0 });
  } catch {
    return refused('it is not YAML');
  }
  const form = Form.safeParse(document);
  return form.success ? ok(form.data) : refused('it is not an issue form');
}

/** What is wrong with a form; `null` when what it asks for can be read. */
function formProblem(form: IssueForm): string | null {
  // As GitHub shows a form that was filled in, read by the parser that reads the real ones.
  const filled = form.body
    .filter(({ type }) => type !== 'markdown')
    .map(({ attributes }) => `### ${attributes?.label ?? ''}\n\n${String(attributes?.options?.[0] ?? 'octo/shop')}\n`);
  const read = readAccessForm(filled.join('\n'));
  if (!read.ok) return read.error[0]?.message ?? 'it can’t be read';
  if (read.value.reason === null) return 'it does not ask for a reason';
  return form.labels?.includes(REQUEST_LABEL) === true ? null : `it does not put the label ${REQUEST_LABEL} on`;
}

/** `form` is the text of the form; `null` where the repository has none. */
export function accessFindings(
  { repo, page, issues }: RepoFacts,
  policy: Policy,
  form: string | null,
): readonly DoctorFinding[] {
  if (policy.access.length === 0) return [];
  const about = nameOf(repo);
  if (!issues) {
    const message = 'the policy has access rules, and issues are switched off: nobody can ask';
    return [finding('error', 'issues-off', about, message, { todo: 'switch issues on', page: `${page}/settings` })];
  }
  if (form === null) {
    const message = `there is no form for access requests (${ACCESS_REQUEST_TEMPLATE_PATH})`;
    return [
      finding('warning', 'form-missing', about, message, {
        todo: 'write it with `jit-gate init --form` in a clone, and commit it to the default branch',
      }),
    ];
  }
  const read = readForm(form);
  const problem = read.ok ? formProblem(read.value) : read.error;
  const place = `${page}/blob/HEAD/${ACCESS_REQUEST_TEMPLATE_PATH}`;
  if (problem !== null) {
    const rest = { todo: 'write it anew with `jit-gate init --form --force` in a clone', page: place };
    return [finding('warning', 'form-unreadable', about, `the form for access requests: ${problem}`, rest)];
  }
  const missing = read.ok ? rolesNotIn(read.value, policy) : [];
  if (missing.length === 0) return [fine('access', about, 'the form for access requests can be read')];
  const message = `the form for access requests does not offer ${missing.join(', ')}, which the policy does`;
  const todo =
    'add it to the options of the field Role, or write the form anew with `jit-gate init --form --force`; until then it can be asked for with `/request`';
  return [finding('warning', 'form-lacks-role', about, message, { todo, page: place })];
}

/** Whether what is entered under a label is read as the role. */
const asksForRole = (label: string): boolean => readAccessForm(`### ${label}\n\nadmin`).ok;

/** Custom roles and teams on offer that a form with a list of roles has not in it. */
function rolesNotIn({ body }: IssueForm, policy: Policy): readonly string[] {
  const options = body.find(({ attributes }) => asksForRole(attributes?.label ?? ''))?.attributes?.options;
  if (options === undefined) return [];
  const listed = new Set(options.map((option) => String(option).toLowerCase()));
  return formOptions(policy.access).filter((name) => !listed.has(name.toLowerCase()));
}
