// Types of version.mjs, which is plain JavaScript so that an older Node can read it.

export declare const LEAST_NODE: readonly number[];
export declare function isAtLeast(version: string, least: readonly number[]): boolean;
