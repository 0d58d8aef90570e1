export declare const VARIABLE: string;
export declare function maySystemPackages(env: Readonly<Record<string, string | undefined>>): boolean;
