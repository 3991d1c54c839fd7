/** What the app says about its own work, and what it never says: credentials. */

import { pino, type Logger } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { LogConfig } from './config.ts';
import type { Log } from './engine/ports.ts';
import { scrub } from './secret.ts';

/** Where lines go: a stream that takes text. */
export type LogTarget = { readonly write: (line: string) => void };

/** Lines are written at once, so that none is lost when the process ends. */
const standardOutput: LogTarget = pino.destination({ fd: 1, sync: true });

/** Names under which libraries keep credentials, at any of the depths that occur in their errors. */
const CREDENTIALS = ['authorization', 'token', 'password', 'privateKey', 'webhookSecret', 'secret', 'pem', 'cookie'];
const HEADERS = ['x-hub-signature', 'x-hub-signature-256'];
const DEPTHS = ['', '*.', '*.*.', '*.*.*.'];

const REDACTED = DEPTHS.flatMap((depth) => [
  ...CREDENTIALS.map((name) => `${depth}${name}`),
  ...HEADERS.map((name) => `${depth.replace(/\.$/u, '')}["${name}"]`),
]);

/**
 * The logger that Probot is given as well. Writes to standard output unless `target` says otherwise. Known names are
 * redacted, and every line is searched for what looks like a credential before it is written.
 */
export function createLogger(config: LogConfig, target: LogTarget = standardOutput): Logger {
  return pino(
    {
      level: config.logLevel,
      base: { app: 'jit-gate' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '[secret]' },
      hooks: { streamWrite: scrub },
    },
    config.logFormat === 'pretty' ? prettyTo(target) : target,
  );
}

/** The port that the engine logs through. */
export const asLog = (logger: Logger): Log => ({
  debug: (fields, message) => logger.debug(fields, message),
  info: (fields, message) => logger.info(fields, message),
  warn: (fields, message) => logger.warn(fields, message),
  error: (fields, message) => logger.error(fields, message),
});

/** Writes each entry as a line for people, in colours where `target` is the terminal itself. */
function prettyTo(target: LogTarget): LogTarget {
  const pretty = prettyFactory({
    colorize: target === standardOutput && process.stdout.isTTY,
    ignore: 'app',
    translateTime: 'SYS:HH:MM:ss',
  });
  return { write: (line) => target.write(pretty(line)) };
}
