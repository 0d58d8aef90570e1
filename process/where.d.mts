// Types of where.mjs, which is plain JavaScript so that set-up can use it before anything is installed.

export type ToolName = 'chromium' | 'headless-shell' | 'k6' | 'prometheus' | 'promtool' | 'pushgateway' | 'strace';

/** The machine that is looked at; a value, so that a test can describe another one. */
export type Machine = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly isRoot: boolean;
  readonly isDebian: boolean;
  /** The command that sets the missing up: it differs between this repository and an installed package. */
  readonly setup: string;
  /** Remembers versions, so that programs need not be run again to tell theirs. */
  readonly versions?: VersionMemory;
};

export type VersionAnswer = { readonly version?: string | undefined; readonly problem?: string };
export type VersionMemory = {
  get(path: string): Promise<VersionAnswer | undefined>;
  set(path: string, answer: VersionAnswer): Promise<void>;
};

export type Place = { readonly path: string; readonly from: string };
export type Tried =
  | ({ readonly found: true; readonly version: string } & Place)
  | { readonly found: false; readonly reason: string };

/** `looked` says what was tried and why it would not do, `mend` the command that fixes it. */
export type Located =
  | { readonly found: true; readonly path: string; readonly version: string; readonly from: string }
  | { readonly found: false; readonly looked: readonly string[]; readonly mend: string };

export type ToolRule = {
  readonly variables: readonly string[];
  readonly names: readonly string[];
  readonly versionArguments: readonly string[];
  readonly versionPattern: RegExp;
  readonly atLeast?: readonly number[];
  readonly further: (machine: Machine) => Promise<readonly Place[]>;
  readonly mend: (machine: Machine) => string;
};

export declare const K6_VERSION: string;
export declare const DEBIAN_CHROMIUM: string;
export declare function toolCache(machine: Pick<Machine, 'env'>): string;
export declare function cachedTool(tool: string, machine: Pick<Machine, 'env'>): string;
export declare function locate(tool: ToolName, machine: Machine): Promise<Located>;
