/** How is a wait ended when its time is over? */

/** Runs a task with a signal that ends it after `span` milliseconds, and ends the wait for it even if it does not listen. */
export async function withinTime<T>(span: number, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${span / 1000} s`);
      controller.abort(error);
      reject(error);
    }, span);
  });
  try {
    return await Promise.race([task(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
