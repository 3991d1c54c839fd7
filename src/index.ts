/** The Probot app function: every webhook whose signature Probot verified is stored, and nothing else is done here. */

import type { Probot } from 'probot';
import type { Log, Store } from './engine/ports.ts';

/** What GitHub reads when a delivery could not be kept. It says nothing about why: that is in the log. */
const NOT_KEPT = 'The delivery could not be stored. Deliver it again.';

/**
 * How long storing may take, in milliseconds. After 9 seconds Probot answers "still processing" with a 202, which GitHub
 * takes for a success: a delivery that was then not stored would be lost. GitHub hears of a failure before that.
 */
const LONGEST = 8_000;

/**
 * Makes the function to hand to `probot.load`. GitHub is answered when the delivery is on disk; a delivery that was
 * stored before is dropped. Throws, and so answers 500, when it could not be stored.
 */
export function jitGate(store: Pick<Store, 'keepDelivery'>, log: Log): (probot: Pick<Probot, 'onAny'>) => void {
  return (probot) => {
    probot.onAny(async ({ id, name, payload }) => {
      try {
        await inTime(store.keepDelivery({ id, event: name, payload }));
      } catch (error) {
        log.error({ err: error, delivery: id, event: name }, 'a delivery could not be stored');
        // eslint-disable-next-line preserve-caught-error -- GitHub is answered with the error's text and all its causes.
        throw new Error(NOT_KEPT);
      }
    });
  };
}

/** Gives up waiting, not storing: when it is stored after all, the delivery that GitHub sends again is known. */
async function inTime(storing: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`storing took longer than ${LONGEST / 1000} s`)), LONGEST);
  });
  try {
    await Promise.race([storing, late]);
  } finally {
    clearTimeout(timer);
  }
}
