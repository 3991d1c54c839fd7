/** How an access rule writes whose requests are granted at once, when, and who looks at it afterwards. */

import { z } from 'zod';
import { weeklyWindow, zone, type Context } from './definition-time.ts';
import { duration, groupNames, reject } from './definition-values.ts';
import type { AutoApprove } from './model.ts';

const weekly = (description: string) =>
  z.string({ error: 'a text such as "mon-fri 08:00 - 18:00"' }).optional().meta({ description });

export const autoApproveKeys = z.strictObject(
  {
    requesters: groupNames.meta({ description: 'Groups whose requests are granted at once.' }),
    outside: weekly('Only outside of these hours, such as "mon-fri 08:00 - 18:00".'),
    inside: weekly('Only in these hours, such as "fri 18:00 - mon 08:00".'),
    zone,
    review: groupNames.meta({ description: 'Groups of whom one other person has to look at it afterwards.' }),
    within: duration.prefault('24h').meta({ description: 'How long that may take before it is overdue.' }),
  },
  { error: 'a mapping with `requesters`, `outside` or `inside`, `zone` and `review`' },
);

type Keys = z.output<typeof autoApproveKeys>;

export const autoApprove: z.ZodType<AutoApprove> = autoApproveKeys
  .transform((value, context): AutoApprove => {
    const hours = hoursOf(value, context);
    if (hours === null) return z.NEVER;
    const { requesters, review, within } = value;
    return { requesters: [...new Set(requesters)], hours, review: [...new Set(review)], within };
  })
  .meta({ id: 'auto-approve', description: 'Grants at once what some ask at some hours; a review is owed for it.' });

/** Exactly one of the two, so that nobody gets it around the clock by a line that was left out. */
function hoursOf({ outside, inside, zone: place }: Keys, context: Context): AutoApprove['hours'] | null {
  const [side, text] = outside === undefined ? (['inside', inside] as const) : (['outside', outside] as const);
  if (text === undefined || (outside !== undefined && inside !== undefined)) {
    const message = text === undefined ? 'it says no hours' : 'it has both `outside` and `inside`';
    reject(context, text === undefined ? 'empty-window' : 'bad-window', message, 'give `outside` or `inside`');
    return null;
  }
  const window = weeklyWindow(text, side, place, context);
  return window === null ? null : { side, text, window };
}
