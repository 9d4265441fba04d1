export declare const root: string;
export declare function setup(): void;
export declare function nodeArguments(): string[];
