export declare function refusePlatform(machine: { readonly platform: string; readonly nodeVersion: string }): void;
