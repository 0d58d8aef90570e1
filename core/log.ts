/** Structured logging seam; pino stands behind it in `app/`. Values are scrubbed of secrets there. */
export type Log = {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
};
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** For tests and for parts that were given no log. */
export const SILENT_LOG: Log = Object.freeze({ debug() {}, info() {}, warn() {}, error() {} });
