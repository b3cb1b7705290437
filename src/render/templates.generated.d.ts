export declare const templates: Record<string, { executable: boolean; body: string | object }>;
