/** How does the benchmark talk to the processes that it starts? Questions and answers over Node's own channel. */

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What a process can be asked: by name, with one argument, each with one answer. Both have to survive JSON. */
export type Questions = Readonly<Record<string, (argument: never) => unknown>>;

type Asked = { readonly id: number; readonly name: string; readonly argument: unknown };
type Answered = { readonly id: number; readonly value?: unknown; readonly error?: string };

export type Helper<Q extends Questions> = {
  readonly ask: <N extends keyof Q & string>(
    name: N,
    argument: Parameters<Q[N]>[0],
  ) => Promise<Awaited<ReturnType<Q[N]>>>;
  /** Ends the process and resolves when it has ended. */
  readonly end: () => Promise<void>;
};

/** In the process that is asked: answers until the channel is closed, and then ends. */
export function answerQuestions(questions: Questions): void {
  process.on('message', (message) => {
    const { id, name, argument } = message as Asked;
    const reply = (answer: Answered): void => void process.send?.(answer);
    const answer = async (): Promise<unknown> => await questions[name]?.(argument as never);
    answer().then(
      (value) => reply({ id, value }),
      (error: unknown) => reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}

/** Starts one of the files of this folder as a process of its own. What it prints goes to standard error. */
export function startHelper<Q extends Questions>(file: string): Helper<Q> {
  const child: ChildProcess = fork(`${import.meta.dirname}/${file}`, [], { stdio: ['ignore', 2, 2, 'ipc'] });
  const waiting = new Map<number, (answer: Answered) => void>();
  let next = 0;
  child.on('message', (message) => {
    const answer = message as Answered;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  child.on('exit', (code, signal) => {
    for (const [id, tell] of waiting) tell({ id, error: `${file} ended (${code ?? signal})` });
    waiting.clear();
  });
  return {
    ask: async (name, argument) => {
      const id = next++;
      const { promise, resolve } = Promise.withResolvers<Answered>();
      waiting.set(id, resolve);
      child.send({ id, name, argument } satisfies Asked);
      const answer = await promise;
      if (answer.error !== undefined) throw new Error(`${file}, asked to ${name}: ${answer.error}`);
      return answer.value as never;
    },
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
